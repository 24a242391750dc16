using System.Diagnostics;
using System.Globalization;
using Casement.Aws.Wire;
using Casement.Server.Iam.Shapes;
using Casement.Server.Operations;
using Casement.Storage;

namespace Casement.Server.Iam.Actions;

/// <summary>The versions of a policy, the newest first. Of AWS's policies only the current version is known.</summary>
public sealed class ListPolicyVersions : IamOperation<ListPolicyVersions.Request, ListPolicyVersions.Reply>
{
    public override Effect Effect => Effect.Read;

    protected override IEnumerable<Access> Needs(Request request, Call call) => [IamAccess.OnPolicy(call, Action, request.PolicyArn)];

    protected override Task<Reply> Handle(Request request, Call call) => Task.FromResult(call.Read(tx =>
    {
        IReadOnlyList<IamPolicyVersion> versions = PolicyCatalog.Demand(tx, call.Scope, request.PolicyArn!) switch
        {
            KnownPolicy.Own { Row: var row } => [.. ManagedPolicies.Versions(tx, row).Select(v => IamPolicyVersion.Of(v, row.DefaultVersion))],
            KnownPolicy.Aws { Policy: var policy } => [IamPolicyVersion.Of(policy)],
            _ => throw new UnreachableException(),
        };
        var page = MarkerPages.Cut(call, request.Marker, request.MaxItems, request.PolicyArn!, versions, NewestFirst);
        return new Reply { Versions = page.Items, IsTruncated = page.IsTruncated, Marker = page.Marker };
    }));

    private static string NewestFirst(IamPolicyVersion version) =>
        (int.MaxValue - (PolicyCatalog.NumberOf(version.VersionId!) ?? 0)).ToString("D10", CultureInfo.InvariantCulture);

    public sealed record Request
    {
        [Required, Length(20, 2048)]
        public string? PolicyArn { get; init; }

        [Length(1, 320), Pattern(IamPatterns.Marker)]
        public string? Marker { get; init; }

        [Range(1, 1000)]
        public int? MaxItems { get; init; }
    }

    public sealed record Reply
    {
        public IReadOnlyList<IamPolicyVersion>? Versions { get; init; }

        public bool? IsTruncated { get; init; }

        public string? Marker { get; init; }
    }
}
