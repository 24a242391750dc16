using Casement.Aws;
using Casement.Aws.Wire;
using Casement.Server.Operations;
using Casement.Storage;

namespace Casement.Server.Ssm.Windows;

/// <summary>Removes a target. Tasks that name it keep its id, which then stands for nothing; with Safe they prevent it.</summary>
public sealed class DeregisterTargetFromMaintenanceWindow : Operation<DeregisterTargetFromMaintenanceWindow.Request, DeregisterTargetFromMaintenanceWindow.Reply>
{
    public override Service Service => Service.Ssm;

    public override Effect Effect => Effect.Write;

    protected override IEnumerable<Access> Needs(Request request, Call call) =>
        WindowAccess.ToTarget(Action, request.WindowId, request.WindowTargetId, call);

    protected override async Task<Reply> Handle(Request request, Call call)
    {
        await call.Write(tx =>
        {
            WindowRules.Demand(tx, call.Scope, request.WindowId!);
            var user = request.Safe == true ? FirstUser(tx, call.Scope, request) : null;
            if (user is not null)
            {
                // AWS's own wording
                throw new AwsException("TargetInUseException", $"This Target cannot be deregistered because it is still referenced in Task: {user}");
            }

            if (!WindowTargets.Delete(tx, call.Scope, request.WindowId!, request.WindowTargetId!))
            {
                throw WindowRules.TargetDoesNotExist(request.WindowTargetId!);
            }
        });
        return new Reply { WindowId = request.WindowId, WindowTargetId = request.WindowTargetId };
    }

    private static string? FirstUser(Tx tx, Scope scope, Request request) => WindowTasks.Of(tx, scope, request.WindowId!)
        .FirstOrDefault(task => task.Definition.Targets.Any(t => t.Key == TargetRules.WindowTargetIds && t.Values.Contains(request.WindowTargetId!)))
        ?.TaskId;

    public sealed record Request
    {
        [Required, Length(20, 20), Pattern("^mw-[0-9a-f]{17}$")]
        public string? WindowId { get; init; }

        [Required, Length(36, 36), Pattern(@"^[0-9a-fA-F]{8}\-[0-9a-fA-F]{4}\-[0-9a-fA-F]{4}\-[0-9a-fA-F]{4}\-[0-9a-fA-F]{12}$")]
        public string? WindowTargetId { get; init; }

        public bool? Safe { get; init; }
    }

    public sealed record Reply
    {
        public string? WindowId { get; init; }

        public string? WindowTargetId { get; init; }
    }
}
