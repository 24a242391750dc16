using Casement.Aws.Wire;
using Casement.Server.Iam.Shapes;
using Casement.Server.Operations;
using Casement.Storage;

namespace Casement.Server.Iam.Actions;

/// <summary>Customer's and AWS's managed policies, by name.</summary>
public sealed class ListPolicies : IamOperation<ListPolicies.Request, ListPolicies.Reply>
{
    public override Effect Effect => Effect.Read;

    protected override IEnumerable<Access> Needs(Request request, Call call)
    {
        var prefix = request.PathPrefix is { Length: > 0 } given && given[0] == '/' ? given : "/";
        return [new Access(Action, $"arn:aws:iam::{call.Scope.Account}:policy{prefix}") { Shown = $"policy path {prefix}" }];
    }

    protected override Task<Reply> Handle(Request request, Call call) => Task.FromResult(call.Read(tx =>
    {
        var prefix = request.PathPrefix ?? "/";
        var attached = Attachments.Counts(tx, call.Scope);
        var bounding = Attachments.BoundaryCounts(tx, call.Scope);
        var used = request.PolicyUsageFilter switch
        {
            "PermissionsPolicy" => attached.Keys.ToHashSet(StringComparer.Ordinal),
            "PermissionsBoundary" => bounding.Keys.ToHashSet(StringComparer.Ordinal),
            _ => [.. attached.Keys, .. bounding.Keys],
        };
        var onlyUsed = request.OnlyAttached == true || request.PolicyUsageFilter is not null;
        var policies = PolicyCatalog.All(tx, call)
            .Where(p => request.Scope is null or "All" || p is KnownPolicy.Aws == (request.Scope == "AWS"))
            .Where(p => p.Path.StartsWith(prefix, StringComparison.Ordinal) && (!onlyUsed || used.Contains(p.Arn)));
        var filter = string.Join('\0', prefix, request.Scope, request.OnlyAttached, request.PolicyUsageFilter);
        var page = MarkerPages.Cut(call, request.Marker, request.MaxItems, filter, policies, p => p.Key);
        return new Reply
        {
            Policies = [.. page.Items.Select(p => IamPolicy.Of(p, attached.GetValueOrDefault(p.Arn), bounding.GetValueOrDefault(p.Arn)))],
            IsTruncated = page.IsTruncated,
            Marker = page.Marker,
        };
    }));

    public sealed record Request
    {
        [EnumValues("All", "AWS", "Local")]
        public string? Scope { get; init; }

        public bool? OnlyAttached { get; init; }

        [Length(1, 512), Pattern(IamPatterns.PolicyPath)]
        public string? PathPrefix { get; init; }

        [EnumValues("PermissionsPolicy", "PermissionsBoundary")]
        public string? PolicyUsageFilter { get; init; }

        [Length(1, 320), Pattern(IamPatterns.Marker)]
        public string? Marker { get; init; }

        [Range(1, 1000)]
        public int? MaxItems { get; init; }
    }

    public sealed record Reply
    {
        public IReadOnlyList<IamPolicy>? Policies { get; init; }

        public bool? IsTruncated { get; init; }

        public string? Marker { get; init; }
    }
}
