using Casement.Aws.Wire;
using Casement.Server.Operations;
using Casement.Storage;

namespace Casement.Server.Iam.Actions;

/// <summary>Deletes a role; its sessions end with it, also when another of its name is created.</summary>
public sealed class DeleteRole : IamOperation<DeleteRole.Request, Nothing>
{
    public override Effect Effect => Effect.Write;

    protected override IEnumerable<Access> Needs(Request request, Call call) => [IamAccess.OnArn(call, Action, EntityKind.Role, request.RoleName)];

    protected override Task<Nothing> Handle(Request request, Call call) => call.WriteIam(tx =>
    {
        var role = Entities.DemandModifiable(tx, call.Scope, EntityKind.Role, request.RoleName!);
        Dependents.DemandNoPolicies(tx, call.Scope, role);
        Tags.Clear(tx, call.Scope.Global, PrincipalTags.RoleKind, role.Id);
        Roles.Delete(tx, call.Scope, role.Id);
    });

    public sealed record Request
    {
        [Required, Length(1, 64), Pattern(IamPatterns.Name)]
        public string? RoleName { get; init; }
    }
}
