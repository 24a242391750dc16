using Casement.Aws.Wire;
using Casement.Server.Operations;
using Casement.Storage;

namespace Casement.Server.Iam.Actions;

public sealed class DeleteAccessKey : IamOperation<DeleteAccessKey.Request, Nothing>
{
    public override Effect Effect => Effect.Write;

    protected override IEnumerable<Access> Needs(Request request, Call call) => [IamAccess.OnUserOrSelf(call, Action, request.UserName)];

    protected override Task<Nothing> Handle(Request request, Call call) => call.WriteIam(tx =>
    {
        var owner = KeyOwner.Of(tx, call, request.UserName);
        if (!AccessKeys.Delete(tx, call.Scope, owner.UserId, request.AccessKeyId!))
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
    }
}
