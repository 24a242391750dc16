using Casement.Aws;
using Casement.Aws.Wire;
using Casement.Server.Operations;
using Casement.Storage;

namespace Casement.Server.Sts;

/// <summary>The account that a key belongs to: its number is part of the key's id.</summary>
public sealed class GetAccessKeyInfo : Operation<GetAccessKeyInfo.Request, GetAccessKeyInfo.Reply>
{
    public override Service Service => Service.Sts;

    public override Effect Effect => Effect.Read;

    protected override IEnumerable<Access> Needs(Request request, Call call) => [new Access(Action, "*")];

    protected override Task<Reply> Handle(Request request, Call call)
    {
        var id = request.AccessKeyId!;
        var account = id.StartsWith("AKIA", StringComparison.Ordinal) || id.StartsWith("ASIA", StringComparison.Ordinal) ? Ids.AccountOf(id) : null;
        return account is not null && call.Read(tx => Accounts.Exists(tx, account))
            ? Task.FromResult(new Reply { Account = account })
            : throw new AwsException("ValidationError", $"The access key id {id} belongs to no account of this server.");
    }

    public sealed record Request
    {
        [Required, Length(16, 128), Pattern(@"[\w]*")]
        public string? AccessKeyId { get; init; }
    }

    public sealed record Reply
    {
        public string? Account { get; init; }
    }
}
