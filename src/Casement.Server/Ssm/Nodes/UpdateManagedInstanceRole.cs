using Casement.Aws.Wire;
using Casement.Server.Operations;

namespace Casement.Server.Ssm.Nodes;

/// <summary>Gives a node another role. Sessions it already holds stay of the old one until they expire.</summary>
public sealed class UpdateManagedInstanceRole : Operation<UpdateManagedInstanceRole.Request, Nothing>
{
    public override Service Service => Service.Ssm;

    public override Effect Effect => Effect.Write;

    protected override IEnumerable<Access> Needs(Request request, Call call) =>
    [
        NodeAccess.To(Action, request.InstanceId, call),
        new Access(Action, string.IsNullOrEmpty(request.IamRole) ? Access.AnyOf(call.Scope) : NodeRole.ArnOf(call, request.IamRole)),
    ];

    protected override IEnumerable<string> Passes(Request request, Call call) => [NodeRole.ArnOf(call, request.IamRole!)];

    protected override async Task<Nothing> Handle(Request request, Call call)
    {
        await call.Write(tx =>
        {
            if (!Storage.Nodes.Exists(tx, call.Scope, request.InstanceId!))
            {
                throw NodeAccess.NotHere(call, request.InstanceId!);
            }

            NodeRole.Demand(tx, call, request.IamRole!);
            Storage.Nodes.SetRole(tx, call.Scope, request.InstanceId!, request.IamRole!);
        });
        return Nothing.Instance;
    }

    public sealed record Request
    {
        [Required, Length(20, 124), Pattern(@"(^mi-[0-9a-f]{17}$)|(^eks_c:[0-9A-Za-z][A-Za-z0-9\-_]{0,99}_\w{17}$)")]
        public string? InstanceId { get; init; }

        [Required, Length(0, 64)]
        public string? IamRole { get; init; }
    }
}
