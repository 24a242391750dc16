using Casement.Aws.Wire;
using Casement.Server.Operations;
using Casement.Storage;

namespace Casement.Server.Iam.Actions;

/// <summary>Makes a key for a user, without a name for the caller; its secret is shown this once.</summary>
public sealed class CreateAccessKey : IamOperation<CreateAccessKey.Request, CreateAccessKey.Reply>
{
    public override Effect Effect => Effect.Write;

    protected override IEnumerable<Access> Needs(Request request, Call call) => [IamAccess.OnUserOrSelf(call, Action, request.UserName)];

    protected override async Task<Reply> Handle(Request request, Call call) => new()
    {
        AccessKey = await call.WriteIam(tx =>
        {
            var owner = KeyOwner.Of(tx, call, request.UserName);
            var has = AccessKeys.OfUser(tx, call.Scope, owner.UserId).Count;
            IamLimits.DemandRoom(call.Backstage.Quotas, has, IamLimits.KeysPerUser, "AccessKeysPerUser");
            var key = call.Backstage.Credentials.NewKey(call.Scope.Account, owner.UserId, call.NowMs, out var secret);
            AccessKeys.Insert(tx, key);
            return new MadeKey
            {
                UserName = owner.UserName,
                AccessKeyId = key.KeyId,
                Status = key.Status,
                SecretAccessKey = secret,
                CreateDate = IamCalls.Second(key.CreatedMs),
            };
        }),
    };

    public sealed record Request
    {
        [Length(1, 128), Pattern(IamPatterns.Name)]
        public string? UserName { get; init; }
    }

    public sealed record MadeKey
    {
        public string? UserName { get; init; }

        public string? AccessKeyId { get; init; }

        public string? Status { get; init; }

        [Sensitive]
        public string? SecretAccessKey { get; init; }

        public DateTimeOffset? CreateDate { get; init; }
    }

    public sealed record Reply
    {
        public MadeKey? AccessKey { get; init; }
    }
}
