using Casement.Aws;
using Casement.Aws.Wire;
using Casement.Policies;
using Casement.Server.Iam;
using Casement.Server.Iam.Shapes;
using Casement.Server.Operations;

namespace Casement.Server.Sts;

/// <summary>
/// Temporary credentials for a role. The role's trust policy decides together with the caller's own policies, so the permission
/// is asked inside; a role that does not exist is refused as one that does not trust the caller.
/// </summary>
public sealed class AssumeRole : Operation<AssumeRole.Request, AssumeRole.Reply>
{
    private const int ChainedSecondsMax = 3600;

    // what a role that does not exist answers: it trusts nobody
    private static readonly PolicyDocument Nobody = PolicyRules.Parse(
        """{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"AROAAAAAAAAAAAAAAAAAA"},"Action":"sts:AssumeRole"}]}""",
        PolicyKind.Trust);

    public override Service Service => Service.Sts;

    public override Effect Effect => Effect.Write;

    protected override IEnumerable<Access> Needs(Request request, Call call) => [];

    protected override async Task<Reply> Handle(Request request, Call call)
    {
        RefuseUnsupported(request);
        if (!IsRoleArn(request.RoleArn!))
        {
            throw new AwsException("ValidationError", $"{request.RoleArn} is invalid");
        }

        var traits = SessionTraits.Of(request, call.Principal);
        if (request.Policy is not null)
        {
            PolicyRules.Parse(request.Policy, PolicyKind.Session);
        }

        var found = call.Read(tx => RoleSessions.Find(tx, request.RoleArn!));
        await Authorize(call, request, traits, found);
        var seconds = Duration(request, call.Principal, found!.Role.MaxSessionSeconds);
        var arns = (request.PolicyArns ?? []).Select(p => p.Arn!).ToList();
        DemandPolicies(call, found.Account, arns);
        var packed = SessionTraits.PackedPercent(request.Policy, arns, traits.Tags);

        var now = call.Backstage.Clock.RealNow;
        var session = found.Session(request.RoleSessionName!, now) with
        {
            SessionPolicies = request.Policy is null ? arns : [request.Policy, .. arns],
            Tags = traits.Tags,
            TransitiveTagKeys = traits.TransitiveKeys,
            SourceIdentity = traits.SourceIdentity,
        };
        var keys = call.Backstage.Credentials.Sessions.Issue(session, DateTimeOffset.FromUnixTimeSeconds(now.ToUnixTimeSeconds() + seconds));
        return Answer(session, keys, packed);
    }

    private async Task Authorize(Call call, Request request, SessionTraits traits, FoundRole? found)
    {
        if (call.Principal is Principal.Root)
        {
            throw await Denied(call, "Roles may not be assumed by root accounts.");
        }

        var context = Context(call, request, traits, found);
        var trust = found is null ? Nobody : call.Backstage.Authorizer.Catalog.Compiled(found.Role.Trust, PolicyKind.Trust);
        var caller = call.Backstage.Authorizer.Catalog.Of(call.Principal);
        foreach (var action in traits.Actions(Action))
        {
            var decision = Evaluator.DecideTrust(new AccessRequest(action, request.RoleArn!, context), caller, trust);
            call.Note(new Access(action, request.RoleArn!), Authorizer.Describe(decision));
            if (!decision.IsAllowed)
            {
                throw await Denied(call, DenialText.For(decision, call.Principal.Arn, action, request.RoleArn));
            }
        }
    }

    private static async Task<AwsException> Denied(Call call, string text)
    {
        await call.Backstage.Audit.Denied(call.Entry("deny", call.AuditDoc));
        return new AuthFault.Denied(text).ToException(call.Operation.Service.Protocol);
    }

    private static ConditionContext Context(Call call, Request request, SessionTraits traits, FoundRole? found)
    {
        var context = Authorizer.About(call).Layer()
            .Add("aws:ResourceAccount", request.RoleArn!.Split(':')[4])
            .Add("sts:RoleSessionName", request.RoleSessionName)
            .Add("sts:ExternalId", request.ExternalId)
            .Add("sts:SourceIdentity", traits.SourceIdentity);
        RoleSessions.AddTags(context, found?.Tags ?? []);
        foreach (var (key, value) in traits.Tags)
        {
            context.Add("aws:RequestTag/" + key, value);
        }

        return context.AddMany("aws:TagKeys", [.. traits.Tags.Keys]).AddMany("sts:TransitiveTagKeys", traits.TransitiveKeys);
    }

    private static bool IsRoleArn(string arn) => arn.Split(':', 6) is ["arn", "aws", "iam", "", { Length: 12 } account, var rest]
        && !account.AsSpan().ContainsAnyExceptInRange('0', '9') && rest.StartsWith("role/", StringComparison.Ordinal) && rest.Length > 5;

    private static int Duration(Request request, Principal caller, int most)
    {
        var asked = request.DurationSeconds ?? 3600;
        if (caller is Principal.RoleSession && asked > ChainedSecondsMax)
        {
            throw new AwsException(
                "ValidationError", "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining.");
        }

        return asked <= most
            ? asked
            : throw new AwsException("ValidationError", "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.");
    }

    private static void DemandPolicies(Call call, string account, List<string> arns)
    {
        var unknown = call.Read(tx => arns.Find(arn => PolicyCatalog.Find(tx, new Storage.Scope(account, ""), arn) is null));
        if (unknown is not null)
        {
            throw new AwsException("ValidationError", $"Policy {unknown} does not exist or is not attachable.");
        }
    }

    private static void RefuseUnsupported(Request request)
    {
        if (request.SerialNumber is not null || request.TokenCode is not null)
        {
            throw new AwsException("ValidationError", "Casement has no MFA devices: SerialNumber and TokenCode cannot be used.");
        }

        if (request.ProvidedContexts is { Count: > 0 })
        {
            throw new AwsException("ValidationError", "Casement has no context providers: ProvidedContexts cannot be used.");
        }
    }

    private static Reply Answer(Principal.RoleSession session, SessionKeys keys, int? packed) => new()
    {
        Credentials = new SessionCredentials
        {
            AccessKeyId = keys.AccessKeyId,
            SecretAccessKey = keys.SecretAccessKey,
            SessionToken = keys.SessionToken,
            Expiration = keys.Expires,
        },
        AssumedRoleUser = new RoleUser { AssumedRoleId = session.UserId, Arn = session.Arn },
        PackedPolicySize = packed,
        SourceIdentity = session.SourceIdentity,
    };

    public sealed record Request
    {
        [Required, Length(20, 2048), Pattern(@"[\u0009\u000A\u000D\u0020-\u007E\u0085\u00A0-\uD7FF\uE000-\uFFFD\u10000-\u10FFFF]+")]
        public string? RoleArn { get; init; }

        [Required, Length(2, 64), Pattern(@"[\w+=,.@-]*")]
        public string? RoleSessionName { get; init; }

        [Length(0, 10)]
        public IReadOnlyList<PolicyDescriptor>? PolicyArns { get; init; }

        [Length(1, 2048), Pattern(IamPatterns.Document)]
        public string? Policy { get; init; }

        [Range(900, 43200)]
        public int? DurationSeconds { get; init; }

        [Length(0, 50)]
        public IReadOnlyList<IamTag>? Tags { get; init; }

        [Length(0, 50), EachLength(1, 128), EachPattern(IamPatterns.TagKey)]
        public IReadOnlyList<string>? TransitiveTagKeys { get; init; }

        [Length(2, 1224), Pattern(@"[\w+=,.@:\/-]*")]
        public string? ExternalId { get; init; }

        [Length(9, 256), Pattern(@"[\w+=/:,.@-]*")]
        public string? SerialNumber { get; init; }

        [Length(6, 6), Pattern(@"[\d]*")]
        public string? TokenCode { get; init; }

        [Length(2, 64), Pattern(@"[\w+=,.@-]*")]
        public string? SourceIdentity { get; init; }

        [Length(0, 5)]
        public IReadOnlyList<ProvidedContext>? ProvidedContexts { get; init; }
    }

    public sealed record PolicyDescriptor
    {
        [Required, WireName("arn"), Length(20, 2048)]
        public string? Arn { get; init; }
    }

    public sealed record ProvidedContext
    {
        public string? ProviderArn { get; init; }

        public string? ContextAssertion { get; init; }
    }

    public sealed record SessionCredentials
    {
        public string? AccessKeyId { get; init; }

        [Sensitive]
        public string? SecretAccessKey { get; init; }

        [Sensitive]
        public string? SessionToken { get; init; }

        public DateTimeOffset? Expiration { get; init; }
    }

    public sealed record RoleUser
    {
        public string? AssumedRoleId { get; init; }

        public string? Arn { get; init; }
    }

    public sealed record Reply
    {
        public SessionCredentials? Credentials { get; init; }

        public RoleUser? AssumedRoleUser { get; init; }

        public int? PackedPolicySize { get; init; }

        public string? SourceIdentity { get; init; }
    }
}
