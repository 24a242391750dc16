using System.Security.Cryptography;
using System.Text;
using Casement.Aws;
using Casement.Aws.Wire;
using Casement.Server.Operations;
using Casement.Storage;

namespace Casement.Server.Ssm.Nodes;

/// <summary>Lets a number of machines register as nodes. The code is shown here once and kept as a hash only.</summary>
public sealed class CreateActivation : Operation<CreateActivation.Request, CreateActivation.Reply>
{
    private const string CodeAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    private const int CodeLength = 20;
    private static readonly TimeSpan LifeDefault = TimeSpan.FromDays(1);
    private static readonly TimeSpan LifeMax = TimeSpan.FromDays(30);

    public override Service Service => Service.Ssm;

    public override Effect Effect => Effect.Write;

    protected override IEnumerable<Access> Needs(Request request, Call call) =>
        [new Access(Action, Access.AnyOf(call.Scope)) { RequestTags = request.Tags.Pairs() }];

    protected override IEnumerable<string> Passes(Request request, Call call) => [NodeRole.ArnOf(call, request.IamRole!)];

    protected override async Task<Reply> Handle(Request request, Call call)
    {
        if (request.RegistrationMetadata is { Count: > 0 })
        {
            throw new AwsException("ValidationException", "RegistrationMetadata is not kept by this version.");
        }

        var now = DateTimeOffset.FromUnixTimeMilliseconds(call.NowMs);
        var expires = request.ExpirationDate ?? now + LifeDefault;
        if (expires <= now || expires > now + LifeMax)
        {
            throw new AwsException(
                "InvalidParameters", $"ExpirationDate is {expires.UtcDateTime:yyyy-MM-dd'T'HH:mm:ss'Z'}: it must lie in the future, at most 30 days ahead.");
        }

        var tags = request.Tags.Pairs();
        TagRules.Check(tags, call.Backstage.Quotas);
        var code = RandomNumberGenerator.GetString(CodeAlphabet, CodeLength);
        var activation = new ActivationRow(
            Ids.Uuid(), call.Scope, HashOf(code), request.IamRole!, 0, request.RegistrationLimit ?? 1, expires.ToUnixTimeMilliseconds(), call.NowMs,
            new ActivationTerms { Description = request.Description, DefaultInstanceName = request.DefaultInstanceName, Tags = tags });
        await call.Write(tx =>
        {
            NodeRole.Demand(tx, call, request.IamRole!);
            Activations.Insert(tx, activation);
        });
        return new Reply { ActivationId = activation.ActivationId, ActivationCode = code };
    }

    /// <summary>What of a code is kept; its 119 bits need no salt and no slow hash.</summary>
    internal static string HashOf(string code) => Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(code)));

    public sealed record Request
    {
        [Length(0, 256)]
        public string? Description { get; init; }

        [Length(0, 256), Pattern(@"^([\p{L}\p{Z}\p{N}_.:/=+\-@]*)$")]
        public string? DefaultInstanceName { get; init; }

        [Required, Length(0, 64)]
        public string? IamRole { get; init; }

        [Range(1, 1000)]
        public int? RegistrationLimit { get; init; }

        public DateTimeOffset? ExpirationDate { get; init; }

        [Length(0, 1000)]
        public IReadOnlyList<Tag>? Tags { get; init; }

        public IReadOnlyList<RegistrationMetadataItem>? RegistrationMetadata { get; init; }
    }

    public sealed record RegistrationMetadataItem
    {
        [Required, Length(1, 128), Pattern(@"^(?!\s*$).+")]
        public string? Key { get; init; }

        [Required, Length(1, 2048), Pattern(@"^(?!\s*$).+")]
        public string? Value { get; init; }
    }

    public sealed record Reply
    {
        public string? ActivationId { get; init; }

        public string? ActivationCode { get; init; }
    }
}
