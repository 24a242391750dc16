using Casement.Aws.Wire;
using Casement.Server.Operations;

namespace Casement.Server.Ssm.Windows;

public sealed class GetMaintenanceWindow : Operation<GetMaintenanceWindow.Request, GetMaintenanceWindow.Reply>
{
    public override Service Service => Service.Ssm;

    public override Effect Effect => Effect.Read;

    protected override IEnumerable<Access> Needs(Request request, Call call) => [WindowAccess.To(Action, request.WindowId, call)];

    protected override Task<Reply> Handle(Request request, Call call)
    {
        var window = call.Read(tx => WindowRules.Demand(tx, call.Scope, request.WindowId!));
        return Task.FromResult(new Reply
        {
            WindowId = window.WindowId,
            Name = window.Name,
            Description = window.Definition.Description,
            StartDate = window.Definition.StartDate,
            EndDate = window.Definition.EndDate,
            Schedule = window.Definition.Schedule,
            ScheduleTimezone = window.Definition.ScheduleTimezone,
            ScheduleOffset = window.Definition.ScheduleOffset,
            NextExecutionTime = WindowTimes.NextText(window, call),
            Duration = window.Definition.Duration,
            Cutoff = window.Definition.Cutoff,
            AllowUnassociatedTargets = window.Definition.AllowUnassociatedTargets,
            Enabled = window.Enabled,
            CreatedDate = DateTimeOffset.FromUnixTimeMilliseconds(window.CreatedMs),
            ModifiedDate = DateTimeOffset.FromUnixTimeMilliseconds(window.ModifiedMs),
        });
    }

    public sealed record Request
    {
        [Required, Length(20, 20), Pattern("^mw-[0-9a-f]{17}$")]
        public string? WindowId { get; init; }
    }

    public sealed record Reply
    {
        public string? WindowId { get; init; }

        public string? Name { get; init; }

        public string? Description { get; init; }

        public string? StartDate { get; init; }

        public string? EndDate { get; init; }

        public string? Schedule { get; init; }

        public string? ScheduleTimezone { get; init; }

        public int? ScheduleOffset { get; init; }

        public string? NextExecutionTime { get; init; }

        public int? Duration { get; init; }

        public int? Cutoff { get; init; }

        public bool? AllowUnassociatedTargets { get; init; }

        public bool? Enabled { get; init; }

        public DateTimeOffset? CreatedDate { get; init; }

        public DateTimeOffset? ModifiedDate { get; init; }
    }
}
