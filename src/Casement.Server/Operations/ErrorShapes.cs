using System.Collections.Frozen;

namespace Casement.Server.Operations;

/// <summary>
/// The errors whose text the model calls <c>Message</c>; all others carry it as <c>message</c>. Exactly one of the two is
/// written, since two keys that differ in case break case-insensitive readers.
/// </summary>
internal static class ErrorShapes
{
    private static readonly FrozenSet<string> UpperCase = FrozenSet.ToFrozenSet(
    [
        "AutomationDefinitionNotFoundException", "AutomationDefinitionVersionNotFoundException",
        "AutomationExecutionLimitExceededException", "AutomationExecutionNotFoundException",
        "AutomationStepNotFoundException", "DocumentAlreadyExists", "DocumentLimitExceeded",
        "DocumentPermissionLimit", "DocumentVersionLimitExceeded", "DoesNotExistException",
        "DuplicateDocumentContent", "DuplicateDocumentVersionName", "FeatureNotAvailableException",
        "IdempotentParameterMismatch", "InternalServerError", "InvalidActivation", "InvalidActivationId",
        "InvalidAutomationExecutionParametersException", "InvalidAutomationSignalException",
        "InvalidAutomationStatusUpdateException", "InvalidDocument", "InvalidDocumentContent",
        "InvalidDocumentOperation", "InvalidDocumentSchemaVersion", "InvalidDocumentVersion", "InvalidFilter",
        "InvalidFilterValue", "InvalidInstanceId", "InvalidNextToken", "InvalidNotificationConfig",
        "InvalidParameters", "InvalidPermissionType", "InvalidRole", "InvalidTarget", "MaxDocumentSizeExceeded",
        "NoLongerSupportedException", "ResourceLimitExceededException", "TargetInUseException", "TooManyUpdates",
        "UnsupportedPlatformType",
    ]);

    public static bool HasUpperCaseMessage(string code) => UpperCase.Contains(code);
}
