using Casement.Aws.Wire;
using Casement.Server.Operations;
using Casement.Storage;

namespace Casement.Server.Iam.Actions;

/// <summary>Sets a role's description and how long its sessions may last; what is not sent stays.</summary>
public sealed class UpdateRole : IamOperation<UpdateRole.Request, UpdateRole.Reply>
{
    public override Effect Effect => Effect.Write;

    protected override IEnumerable<Access> Needs(Request request, Call call) => [IamAccess.On(call, Action, EntityKind.Role, request.RoleName)];

    protected override async Task<Reply> Handle(Request request, Call call)
    {
        await call.WriteIam(tx =>
        {
            var row = Roles.ByName(tx, call.Scope, request.RoleName!) ?? throw IamErrors.NotFound(EntityKind.Role, request.RoleName!);
            if (request.MaxSessionDuration is not null)
            {
                Entities.DemandModifiable(tx, call.Scope, EntityKind.Role, row.Name);
            }

            Roles.Describe(tx, call.Scope, row.Id, request.Description ?? row.Description, request.MaxSessionDuration ?? row.MaxSessionSeconds);
        });
        return new Reply();
    }

    public sealed record Request
    {
        [Required, Length(1, 64), Pattern(IamPatterns.Name)]
        public string? RoleName { get; init; }

        [Length(0, 1000), Pattern(IamPatterns.Description)]
        public string? Description { get; init; }

        [Range(3600, 43200)]
        public int? MaxSessionDuration { get; init; }
    }

    /// <summary>Without members, yet written: clients look for the element.</summary>
    public sealed record Reply;
}
