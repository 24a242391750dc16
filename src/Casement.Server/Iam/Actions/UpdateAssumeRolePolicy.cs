using Casement.Aws.Wire;
using Casement.Server.Operations;
using Casement.Storage;

namespace Casement.Server.Iam.Actions;

/// <summary>Replaces a role's trust policy.</summary>
public sealed class UpdateAssumeRolePolicy : IamOperation<UpdateAssumeRolePolicy.Request, Nothing>
{
    public override Effect Effect => Effect.Write;

    protected override IEnumerable<Access> Needs(Request request, Call call) => [IamAccess.On(call, Action, EntityKind.Role, request.RoleName)];

    protected override Task<Nothing> Handle(Request request, Call call) => call.WriteIam(tx =>
    {
        var role = Entities.DemandModifiable(tx, call.Scope, EntityKind.Role, request.RoleName!);
        var trust = TrustPrincipals.Stored(tx, request.PolicyDocument!);
        IamLimits.DemandSize(call.Backstage.Quotas, request.PolicyDocument!, IamLimits.TrustCharacters, "ACLSizePerRole");
        Roles.SetTrust(tx, call.Scope, role.Id, trust);
    });

    public sealed record Request
    {
        [Required, Length(1, 64), Pattern(IamPatterns.Name)]
        public string? RoleName { get; init; }

        [Required, Length(1, 131072), Pattern(IamPatterns.Document)]
        public string? PolicyDocument { get; init; }
    }
}
