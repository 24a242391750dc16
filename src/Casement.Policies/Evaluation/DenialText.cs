using System.Diagnostics;

namespace Casement.Policies;

/// <summary>
/// The wording of AWS's refusals: <c>User: ARN is not authorized to perform: ACTION on resource: RESOURCE</c> and the
/// reason. A session is named by its own ARN, not the role's.
/// </summary>
public static class DenialText
{
    /// <param name="decision">The refusal.</param>
    /// <param name="principalArn">The user's or the session's ARN.</param>
    /// <param name="action"><c>service:Name</c>; SNS writes its own service in capitals, so that is done here.</param>
    /// <param name="resource">What the action was checked on; null leaves that part out.</param>
    /// <exception cref="ArgumentException">The decision allows.</exception>
    public static string For(Decision decision, string principalArn, string action, string? resource)
    {
        ArgumentNullException.ThrowIfNull(decision);
        ArgumentNullException.ThrowIfNull(principalArn);
        ArgumentNullException.ThrowIfNull(action);
        var shown = action.StartsWith("sns:", StringComparison.Ordinal) ? $"SNS{action[3..]}" : action;
        var place = resource is null ? "" : $" on resource: {resource}";
        return $"User: {principalArn} is not authorized to perform: {shown}{place}{Reason(decision, shown)}";
    }

    private static string Reason(Decision decision, string action) => decision switch
    {
        Decision.ExplicitDeny deny =>
            $" with an explicit deny in {DenyingPolicy(deny.Layer)}{Identifier(deny.By.Source)}",

        // STS does not say which side of an assumption lacks the allow
        Decision.ImplicitDeny when action.StartsWith("sts:AssumeRole", StringComparison.OrdinalIgnoreCase) => "",
        Decision.ImplicitDeny missing => $" because no {AllowingPolicy(missing.Layer)} allows the {action} action",
        Decision.Allowed or Decision.AllowedUnconditionally =>
            throw new ArgumentException("The decision allows; there is no refusal to word.", nameof(decision)),
        _ => throw new UnreachableException(),
    };

    private static string AllowingPolicy(PolicyLayer layer) => layer switch
    {
        PolicyLayer.Identity => "identity-based policy",
        PolicyLayer.Boundary => "permissions boundary",
        PolicyLayer.Session => "session policy",
        PolicyLayer.Resource => "resource-based policy",
        PolicyLayer.Trust => "role trust policy",
    };

    private static string DenyingPolicy(PolicyLayer layer) => layer switch
    {
        PolicyLayer.Identity => "an identity-based policy",
        PolicyLayer.Boundary => "a permissions boundary",
        PolicyLayer.Session => "a session policy",
        PolicyLayer.Resource => "a resource-based policy",
        PolicyLayer.Trust => "the role trust policy",
    };

    /// <summary>AWS names the policy that denies when it is a managed one.</summary>
    private static string Identifier(PolicySource source) =>
        source is PolicySource.Managed managed ? $": {managed.Arn}" : "";
}
