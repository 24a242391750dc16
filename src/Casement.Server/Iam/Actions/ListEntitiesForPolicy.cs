using Casement.Aws.Wire;
using Casement.Server.Operations;
using Casement.Storage;

namespace Casement.Server.Iam.Actions;

/// <summary>Whom a managed policy hangs on, or whom it bounds: groups, roles, users, in parts over all three.</summary>
public sealed class ListEntitiesForPolicy : IamOperation<ListEntitiesForPolicy.Request, ListEntitiesForPolicy.Reply>
{
    public override Effect Effect => Effect.Read;

    protected override IEnumerable<Access> Needs(Request request, Call call) => [IamAccess.OnPolicy(call, Action, request.PolicyArn)];

    protected override Task<Reply> Handle(Request request, Call call) => Task.FromResult(call.Read(tx =>
    {
        var policy = PolicyCatalog.Demand(tx, call.Scope, request.PolicyArn!);
        var prefix = request.PathPrefix ?? "/";
        List<PolicyUser> users = request.PolicyUsageFilter switch
        {
            "PermissionsPolicy" => Attachments.HoldersOf(tx, call.Scope, policy.Arn, prefix),
            "PermissionsBoundary" => Attachments.BoundBy(tx, call.Scope, policy.Arn, prefix),
            _ =>
            [
                .. Attachments.HoldersOf(tx, call.Scope, policy.Arn, prefix)
                    .Union(Attachments.BoundBy(tx, call.Scope, policy.Arn, prefix)),
            ],
        };
        var wanted = users.Where(u => request.EntityFilter is null || u.Kind.Equals(request.EntityFilter, StringComparison.OrdinalIgnoreCase));
        var filter = string.Join('\0', policy.Arn, prefix, request.EntityFilter, request.PolicyUsageFilter);
        var page = MarkerPages.Cut(call, request.Marker, request.MaxItems, filter, wanted, u => $"{u.Kind}\0{u.Name.ToLowerInvariant()}");
        return new Reply
        {
            PolicyGroups = [.. page.Items.Where(u => u.Kind == "group").Select(u => new PolicyGroup { GroupName = u.Name, GroupId = u.Id })],
            PolicyUsers = [.. page.Items.Where(u => u.Kind == "user").Select(u => new PolicyUserName { UserName = u.Name, UserId = u.Id })],
            PolicyRoles = [.. page.Items.Where(u => u.Kind == "role").Select(u => new PolicyRole { RoleName = u.Name, RoleId = u.Id })],
            IsTruncated = page.IsTruncated,
            Marker = page.Marker,
        };
    }));

    public sealed record Request
    {
        [Required, Length(20, 2048)]
        public string? PolicyArn { get; init; }

        [EnumValues("User", "Role", "Group", "LocalManagedPolicy", "AWSManagedPolicy")]
        public string? EntityFilter { get; init; }

        [Length(1, 512), Pattern(IamPatterns.Path)]
        public string? PathPrefix { get; init; }

        [EnumValues("PermissionsPolicy", "PermissionsBoundary")]
        public string? PolicyUsageFilter { get; init; }

        [Length(1, 320), Pattern(IamPatterns.Marker)]
        public string? Marker { get; init; }

        [Range(1, 1000)]
        public int? MaxItems { get; init; }
    }

    public sealed record PolicyGroup
    {
        public string? GroupName { get; init; }

        public string? GroupId { get; init; }
    }

    public sealed record PolicyUserName
    {
        public string? UserName { get; init; }

        public string? UserId { get; init; }
    }

    public sealed record PolicyRole
    {
        public string? RoleName { get; init; }

        public string? RoleId { get; init; }
    }

    public sealed record Reply
    {
        public IReadOnlyList<PolicyGroup>? PolicyGroups { get; init; }

        public IReadOnlyList<PolicyUserName>? PolicyUsers { get; init; }

        public IReadOnlyList<PolicyRole>? PolicyRoles { get; init; }

        public bool? IsTruncated { get; init; }

        public string? Marker { get; init; }
    }
}
