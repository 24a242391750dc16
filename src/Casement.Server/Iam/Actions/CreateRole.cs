using Casement.Aws.Wire;
using Casement.Server.Iam.Shapes;
using Casement.Server.Operations;
using Casement.Storage;

namespace Casement.Server.Iam.Actions;

public sealed class CreateRole : IamOperation<CreateRole.Request, CreateRole.Reply>
{
    public override Effect Effect => Effect.Write;

    protected override IEnumerable<Access> Needs(Request request, Call call)
    {
        var create = IamAccess.ToCreate(call, Action, EntityKind.Role, request.Path, request.RoleName)
            .With("iam:PermissionsBoundary", request.PermissionsBoundary) with
        { RequestTags = request.Tags.Pairs() };
        return request.Tags is { Count: > 0 } ? [create, create with { Action = "iam:TagRole" }] : [create];
    }

    protected override async Task<Reply> Handle(Request request, Call call)
    {
        var tags = request.Tags.Pairs();
        IamTagRules.Check(tags);
        var path = request.Path ?? "/";
        if (path.StartsWith(Entities.ServiceLinkedPath, StringComparison.OrdinalIgnoreCase))
        {
            throw IamErrors.InvalidInput($"The path {path} belongs to service-linked roles, which CreateServiceLinkedRole makes.");
        }

        var role = await call.WriteIam(tx =>
        {
            var row = new RoleRow(
                Ids.Entity("AROA"), request.RoleName!, path, TrustPrincipals.Stored(tx, request.AssumeRolePolicyDocument!),
                request.MaxSessionDuration ?? 3600, call.NowMs)
            {
                Description = request.Description,
                BoundaryArn = request.PermissionsBoundary is { } arn ? PolicyCatalog.DemandAttachable(tx, call.Scope, arn).Arn : null,
            };
            Insert(tx, call, row, request.AssumeRolePolicyDocument!);
            IamTagRules.Set(tx, call.Scope, PrincipalTags.RoleKind, row.Id, tags, call.Backstage.Quotas);
            return IamRole.Of(tx, call.Scope, row) with { Tags = tags.Shown(), PermissionsBoundary = AttachedBoundary.Of(row.BoundaryArn) };
        });
        return new Reply { Role = role };
    }

    private static void Insert(Tx tx, Call call, RoleRow row, string trust)
    {
        if (Roles.ByName(tx, call.Scope, row.Name) is not null)
        {
            throw IamErrors.Exists(EntityKind.Role, row.Name);
        }

        var quotas = call.Backstage.Quotas;
        IamLimits.DemandSize(quotas, trust, IamLimits.TrustCharacters, "ACLSizePerRole");
        IamLimits.DemandRoom(quotas, Roles.Count(tx, call.Scope), IamLimits.Roles, "RolesPerAccount");
        Roles.Insert(tx, call.Scope, row);
    }

    public sealed record Request
    {
        [Length(1, 512), Pattern(IamPatterns.Path)]
        public string? Path { get; init; }

        [Required, Length(1, 64), Pattern(IamPatterns.Name)]
        public string? RoleName { get; init; }

        [Required, Length(1, 131072), Pattern(IamPatterns.Document)]
        public string? AssumeRolePolicyDocument { get; init; }

        [Length(0, 1000), Pattern(IamPatterns.Description)]
        public string? Description { get; init; }

        [Range(3600, 43200)]
        public int? MaxSessionDuration { get; init; }

        [Length(20, 2048)]
        public string? PermissionsBoundary { get; init; }

        [Length(0, 50)]
        public IReadOnlyList<IamTag>? Tags { get; init; }
    }

    public sealed record Reply
    {
        public IamRole? Role { get; init; }
    }
}
