using Casement.Aws.Wire;
using Casement.Executions;
using Casement.Server.Operations;
using Casement.Server.Ssm.Commands;
using Effect = Casement.Server.Operations.Effect;

namespace Casement.Server.Ssm.Nodes;

/// <summary>Forgets a node: its sessions reach nothing more, and what had not ended on it ends as undeliverable.</summary>
public sealed class DeregisterManagedInstance : Operation<DeregisterManagedInstance.Request, Nothing>
{
    public override Service Service => Service.Ssm;

    public override Effect Effect => Effect.Write;

    protected override IEnumerable<Access> Needs(Request request, Call call) => [NodeAccess.To(Action, request.InstanceId, call)];

    protected override async Task<Nothing> Handle(Request request, Call call)
    {
        var nodeId = request.InstanceId!;
        await call.Write(tx =>
        {
            if (!Storage.Nodes.Delete(tx, call.Scope, nodeId))
            {
                throw NodeAccess.NotHere(call, nodeId);
            }

            foreach (var open in Storage.CommandInvocations.OpenOn(tx, nodeId))
            {
                var unit = CommandUnit.Open(tx, call.Backstage, open.CommandId, call.NowMs);
                unit?.End(open, CommandInvocationOutcome.Undeliverable);
                unit?.Save();
            }

            tx.AfterCommit(() => call.Backstage.Contacts.Forget(nodeId));
        });
        return Nothing.Instance;
    }

    public sealed record Request
    {
        [Required, Length(20, 124), Pattern(@"(^mi-[0-9a-f]{17}$)|(^eks_c:[0-9A-Za-z][A-Za-z0-9\-_]{0,99}_\w{17}$)")]
        public string? InstanceId { get; init; }
    }
}
