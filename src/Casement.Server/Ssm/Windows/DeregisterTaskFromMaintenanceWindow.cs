using Casement.Aws.Wire;
using Casement.Server.Operations;
using Casement.Storage;

namespace Casement.Server.Ssm.Windows;

public sealed class DeregisterTaskFromMaintenanceWindow : Operation<DeregisterTaskFromMaintenanceWindow.Request, DeregisterTaskFromMaintenanceWindow.Reply>
{
    public override Service Service => Service.Ssm;

    public override Effect Effect => Effect.Write;

    protected override IEnumerable<Access> Needs(Request request, Call call) =>
        WindowAccess.ToTask(Action, request.WindowId, request.WindowTaskId, call);

    protected override async Task<Reply> Handle(Request request, Call call)
    {
        await call.Write(tx =>
        {
            WindowRules.Demand(tx, call.Scope, request.WindowId!);
            if (!WindowTasks.Delete(tx, call.Scope, request.WindowId!, request.WindowTaskId!))
            {
                throw WindowRules.TaskDoesNotExist(request.WindowTaskId!);
            }
        });
        return new Reply { WindowId = request.WindowId, WindowTaskId = request.WindowTaskId };
    }

    public sealed record Request
    {
        [Required, Length(20, 20), Pattern("^mw-[0-9a-f]{17}$")]
        public string? WindowId { get; init; }

        [Required, Length(36, 36), Pattern(@"^[0-9a-fA-F]{8}\-[0-9a-fA-F]{4}\-[0-9a-fA-F]{4}\-[0-9a-fA-F]{4}\-[0-9a-fA-F]{12}$")]
        public string? WindowTaskId { get; init; }
    }

    public sealed record Reply
    {
        public string? WindowId { get; init; }

        public string? WindowTaskId { get; init; }
    }
}
