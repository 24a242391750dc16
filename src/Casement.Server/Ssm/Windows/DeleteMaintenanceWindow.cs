using Casement.Aws.Wire;
using Casement.Server.Operations;

namespace Casement.Server.Ssm.Windows;

/// <summary>Deletes a window with all in it. An id that is not there is answered with success, as AWS's model has no error for it.</summary>
public sealed class DeleteMaintenanceWindow : Operation<DeleteMaintenanceWindow.Request, DeleteMaintenanceWindow.Reply>
{
    public override Service Service => Service.Ssm;

    public override Effect Effect => Effect.Write;

    protected override IEnumerable<Access> Needs(Request request, Call call) => [WindowAccess.To(Action, request.WindowId, call)];

    protected override async Task<Reply> Handle(Request request, Call call)
    {
        await call.Write(tx =>
        {
            Storage.Windows.Delete(tx, call.Scope, request.WindowId!);
            tx.AfterCommit(call.Backstage.Bells.ClockChanged);
        });
        return new Reply { WindowId = request.WindowId };
    }

    public sealed record Request
    {
        [Required, Length(20, 20), Pattern("^mw-[0-9a-f]{17}$")]
        public string? WindowId { get; init; }
    }

    public sealed record Reply
    {
        public string? WindowId { get; init; }
    }
}
