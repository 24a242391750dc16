using Casement.Aws.Wire;
using Casement.Server.Operations;

namespace Casement.Server.Iam.Actions;

/// <summary>Always empty, since there are no instance profiles here; clients ask before they delete a role.</summary>
public sealed class ListInstanceProfilesForRole : IamOperation<ListInstanceProfilesForRole.Request, ListInstanceProfilesForRole.Reply>
{
    public override Effect Effect => Effect.Read;

    protected override IEnumerable<Access> Needs(Request request, Call call) => [IamAccess.On(call, Action, EntityKind.Role, request.RoleName)];

    protected override Task<Reply> Handle(Request request, Call call)
    {
        call.Read(tx => Entities.Demand(tx, call.Scope, EntityKind.Role, request.RoleName!));
        return Task.FromResult(new Reply { InstanceProfiles = [], IsTruncated = false });
    }

    public sealed record Request
    {
        [Required, Length(1, 64), Pattern(IamPatterns.Name)]
        public string? RoleName { get; init; }

        [Length(1, 320), Pattern(IamPatterns.Marker)]
        public string? Marker { get; init; }

        [Range(1, 1000)]
        public int? MaxItems { get; init; }
    }

    public sealed record Reply
    {
        public IReadOnlyList<string>? InstanceProfiles { get; init; }

        public bool? IsTruncated { get; init; }
    }
}
