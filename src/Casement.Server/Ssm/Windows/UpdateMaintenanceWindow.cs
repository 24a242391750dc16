using Casement.Aws.Wire;
using Casement.Server.Engine;
using Casement.Server.Operations;
using Casement.Storage;

namespace Casement.Server.Ssm.Windows;

/// <summary>Changes a window; executions that are running go on with what they began with.</summary>
public sealed class UpdateMaintenanceWindow : Operation<UpdateMaintenanceWindow.Request, UpdateMaintenanceWindow.Reply>
{
    public override Service Service => Service.Ssm;

    public override Effect Effect => Effect.Write;

    protected override IEnumerable<Access> Needs(Request request, Call call) => [WindowAccess.To(Action, request.WindowId, call)];

    protected override async Task<Reply> Handle(Request request, Call call)
    {
        if (request.Replace == true)
        {
            WindowRules.RequireForReplace(
                ("name", request.Name), ("schedule", request.Schedule), ("duration", request.Duration), ("cutoff", request.Cutoff),
                ("allowUnassociatedTargets", request.AllowUnassociatedTargets));
        }

        var window = await call.Write(tx =>
        {
            var before = WindowRules.Demand(tx, call.Scope, request.WindowId!);
            var after = before with
            {
                Name = request.Name ?? before.Name,
                Enabled = request.Enabled ?? before.Enabled,
                Definition = Merge(before.Definition, request),
                ModifiedMs = call.NowMs,
            };
            WindowRules.Check(after.Definition);
            after = WindowTimes.Moved(before, after, call.Now, call.Backstage.Zones);
            if (after.NextMs != before.NextMs)
            {
                WindowOpenings.SettleBeforeChange(tx, call.Backstage, call.Scope, before, call.Now);
            }

            if (!Storage.Windows.Update(tx, call.Scope, after))
            {
                throw WindowRules.ChangedMeanwhile();
            }

            if (after.NextMs != before.NextMs)
            {
                tx.AfterCommit(call.Backstage.Bells.ClockChanged);
            }

            return after;
        });
        if (window.Enabled && WindowTimes.TryOf(window, call.Backstage.Zones) is { } schedule)
        {
            WindowTimes.Warn(call, schedule);
        }

        return Show(window);
    }

    private static WindowDefinition Merge(WindowDefinition stored, Request sent)
    {
        // under Replace what is not sent is cleared; else it stays
        var kept = sent.Replace == true ? null : stored;
        return new WindowDefinition
        {
            Description = sent.Description ?? kept?.Description,
            StartDate = sent.StartDate ?? kept?.StartDate,
            EndDate = sent.EndDate ?? kept?.EndDate,
            Schedule = sent.Schedule ?? stored.Schedule,
            ScheduleTimezone = sent.ScheduleTimezone ?? kept?.ScheduleTimezone,
            ScheduleOffset = sent.ScheduleOffset ?? kept?.ScheduleOffset,
            Duration = sent.Duration ?? stored.Duration,
            Cutoff = sent.Cutoff ?? stored.Cutoff,
            AllowUnassociatedTargets = sent.AllowUnassociatedTargets ?? stored.AllowUnassociatedTargets,
        };
    }

    private static Reply Show(WindowRow window) => new()
    {
        WindowId = window.WindowId,
        Name = window.Name,
        Description = window.Definition.Description,
        StartDate = window.Definition.StartDate,
        EndDate = window.Definition.EndDate,
        Schedule = window.Definition.Schedule,
        ScheduleTimezone = window.Definition.ScheduleTimezone,
        ScheduleOffset = window.Definition.ScheduleOffset,
        Duration = window.Definition.Duration,
        Cutoff = window.Definition.Cutoff,
        AllowUnassociatedTargets = window.Definition.AllowUnassociatedTargets,
        Enabled = window.Enabled,
    };

    public sealed record Request
    {
        [Required, Length(20, 20), Pattern("^mw-[0-9a-f]{17}$")]
        public string? WindowId { get; init; }

        [Length(3, 128), Pattern(@"^[a-zA-Z0-9_\-.]{3,128}$")]
        public string? Name { get; init; }

        [Sensitive, Length(1, 128)]
        public string? Description { get; init; }

        [Length(1, -1)]
        public string? StartDate { get; init; }

        [Length(1, -1)]
        public string? EndDate { get; init; }

        [Length(1, 256)]
        public string? Schedule { get; init; }

        [Length(1, -1)]
        public string? ScheduleTimezone { get; init; }

        [Range(1, 6)]
        public int? ScheduleOffset { get; init; }

        [Range(1, 24)]
        public int? Duration { get; init; }

        [Range(0, 23)]
        public int? Cutoff { get; init; }

        public bool? AllowUnassociatedTargets { get; init; }

        public bool? Enabled { get; init; }

        public bool? Replace { get; init; }
    }

    public sealed record Reply
    {
        public string? WindowId { get; init; }

        public string? Name { get; init; }

        [Sensitive]
        public string? Description { get; init; }

        public string? StartDate { get; init; }

        public string? EndDate { get; init; }

        public string? Schedule { get; init; }

        public string? ScheduleTimezone { get; init; }

        public int? ScheduleOffset { get; init; }

        public int? Duration { get; init; }

        public int? Cutoff { get; init; }

        public bool? AllowUnassociatedTargets { get; init; }

        public bool? Enabled { get; init; }
    }
}
