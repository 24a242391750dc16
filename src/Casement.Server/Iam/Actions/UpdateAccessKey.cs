using Casement.Aws.Wire;
using Casement.Server.Operations;
using Casement.Storage;

namespace Casement.Server.Iam.Actions;

/// <summary>Switches a key off or on, for the very next request.</summary>
public sealed class UpdateAccessKey : IamOperation<UpdateAccessKey.Request, Nothing>
{
    public override Effect Effect => Effect.Write;

    protected override IEnumerable<Access> Needs(Request request, Call call) => [IamAccess.OnUserOrSelf(call, Action, request.UserName)];

    protected override Task<Nothing> Handle(Request request, Call call) => call.WriteIam(tx =>
    {
        var owner = KeyOwner.Of(tx, call, request.UserName);
        if (request.Status == "Expired")
        {
            throw IamErrors.InvalidInput("The status of an access key is set to Active or Inactive; Expired is not settable.");
        }

        if (!AccessKeys.SetStatus(tx, call.Scope, owner.UserId, request.AccessKeyId!, request.Status!))
        {
            throw IamErrors.KeyNotFound(request.AccessKeyId!);
        }
    });

    public sealed record Request
    {
        [Length(1, 128), Pattern(IamPatterns.Name)]
        public string? UserName { get; init; }

        [Required, Length(16, 128), Pattern(IamPatterns.Word)]
        public string? AccessKeyId { get; init; }

        [Required, EnumValues("Active", "Inactive", "Expired")]
        public string? Status { get; init; }
    }
}
