using Casement.Aws.Wire;
using Casement.Server.Operations;
using Casement.Storage;

namespace Casement.Server.Ssm.Windows;

/// <summary>Asks an execution to stop: what has not started is cancelled, what runs ends by itself. One that has ended, or was asked before, is answered with success and no change.</summary>
public sealed class CancelMaintenanceWindowExecution : Operation<CancelMaintenanceWindowExecution.Request, CancelMaintenanceWindowExecution.Reply>
{
    public override Service Service => Service.Ssm;

    public override Effect Effect => Effect.Write;

    protected override IEnumerable<Access> Needs(Request request, Call call) =>
        [WindowAccess.ToExecution(Action, request.WindowExecutionId, call)];

    protected override async Task<Reply> Handle(Request request, Call call)
    {
        var id = request.WindowExecutionId!;
        await call.Write(tx =>
        {
            ExecutionShapes.Demand(tx, call.Scope, id);
            if (ExecutionHistory.RequestCancel(tx, call.Scope, id, call.NowMs))
            {
                tx.AfterCommit(() => call.Backstage.Bells.ExecutionChanged(call.Scope, id));
            }
        });
        return new Reply { WindowExecutionId = id };
    }

    public sealed record Request
    {
        [Required, Length(36, 36), Pattern(@"^[0-9a-fA-F]{8}\-[0-9a-fA-F]{4}\-[0-9a-fA-F]{4}\-[0-9a-fA-F]{4}\-[0-9a-fA-F]{12}$")]
        public string? WindowExecutionId { get; init; }
    }

    public sealed record Reply
    {
        public string? WindowExecutionId { get; init; }
    }
}
