using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using Casement.Aws;
using Casement.Schedules;
using Casement.Server.Engine;
using Casement.Server.Operations;
using Casement.Storage;
using NodaTime;

namespace Casement.Server.Ssm.Windows;

/// <summary>From a stored definition to the compiled schedule with its one question.</summary>
internal static class WindowTimes
{
    private const string Both = "both";
    private const int CompiledMax = 4096;
    private static readonly ConcurrentDictionary<string, Schedule> Compiled = new(StringComparer.Ordinal);

    /// <param name="scheduleSet">When the schedule was last set: the later of creation and update.</param>
    /// <param name="repeatedHour">The window's tag <c>casement:repeated-hour</c>.</param>
    /// <exception cref="AwsException">ValidationException naming the member that is wrong.</exception>
    public static WindowSchedule Of(WindowDefinition definition, Instant scheduleSet, string? repeatedHour, IDateTimeZoneProvider zones) =>
        TryCreate(definition, scheduleSet, repeatedHour, zones, out var schedule, out var fault) ? schedule : throw new AwsException("ValidationException", fault);

    /// <summary>The schedule of a stored window; null when its zone is no longer in the zone data, so that it does not open.</summary>
    public static WindowSchedule? TryOf(WindowRow window, IDateTimeZoneProvider zones) => TryCreate(
        window.Definition, Instant.FromUnixTimeMilliseconds(window.ScheduleSetMs), window.RepeatedHour, zones, out var schedule, out _) ? schedule : null;

    /// <summary>The next opening in epoch milliseconds; null when the window is disabled or never opens again.</summary>
    public static long? NextMs(WindowRow window, Instant now, IDateTimeZoneProvider zones) =>
        window.Enabled ? TryOf(window, zones)?.Next(now)?.Instant.ToUnixTimeMilliseconds() : null;

    /// <summary>
    /// The window as if its schedule had been set no later than now, for one that was set while the clock was ahead. A rate is set
    /// back by whole intervals, so that it opens at the instants at which it would have.
    /// </summary>
    public static WindowRow CountedFromBefore(WindowRow window, Instant now)
    {
        var aheadMs = window.ScheduleSetMs - now.ToUnixTimeMilliseconds();
        if (aheadMs <= 0)
        {
            return window;
        }

        var intervalMs = Schedule.TryParse(window.Definition.Schedule, out var schedule, out _) && schedule is Schedule.Rate rate
            ? (long)rate.Interval.TotalMilliseconds
            : aheadMs;
        return window with { ScheduleSetMs = window.ScheduleSetMs - (((aheadMs + intervalMs - 1) / intervalMs) * intervalMs) };
    }

    /// <summary>NextExecutionTime as AWS writes it; null when the window is disabled or never opens again.</summary>
    public static string? NextText(WindowRow window, Call call) =>
        window.Enabled && TryOf(window, call.Backstage.Zones) is { } schedule && schedule.Next(call.Now) is { } next
            ? OccurrenceText.Format(next, schedule)
            : null;

    /// <summary>
    /// The window after a change: its next opening is computed again only if the change moves it, so that an opening that is due
    /// but not yet carried out is not lost to a change of the description.
    /// </summary>
    /// <exception cref="AwsException">ValidationException naming the member that is wrong.</exception>
    public static WindowRow Moved(WindowRow before, WindowRow after, Instant now, IDateTimeZoneProvider zones)
    {
        var rescheduled = IsRescheduled(before.Definition, after.Definition);
        if (!rescheduled && before.Enabled == after.Enabled && before.RepeatedHour == after.RepeatedHour)
        {
            return after;
        }

        var moved = rescheduled ? after with { ScheduleSetMs = now.ToUnixTimeMilliseconds() } : after;
        var schedule = Of(moved.Definition, Instant.FromUnixTimeMilliseconds(moved.ScheduleSetMs), moved.RepeatedHour, zones);
        return moved with { NextMs = moved.Enabled ? schedule.Next(now)?.Instant.ToUnixTimeMilliseconds() : null };
    }

    /// <summary>To be called in the unit of work that changes a window's tags, since one of them decides on a repeated hour.</summary>
    /// <param name="before">The window as read before the change.</param>
    public static void TagsChanged(Tx tx, Call call, WindowRow before)
    {
        var after = WindowRules.Demand(tx, call.Scope, before.WindowId);
        var moved = Moved(before, after, call.Now, call.Backstage.Zones);
        if (moved == after)
        {
            return;
        }

        WindowOpenings.SettleBeforeChange(tx, call.Backstage, call.Scope, before, call.Now);
        if (Storage.Windows.Update(tx, call.Scope, moved))
        {
            tx.AfterCommit(call.Backstage.Bells.ClockChanged);
        }
    }

    /// <summary>Says in a header what a person should know about a schedule that was accepted.</summary>
    public static void Warn(Call call, WindowSchedule schedule)
    {
        foreach (var warning in schedule.Warnings(call.Now))
        {
            call.AddHeader(Call.WarningHeader, warning.Text);
        }
    }

    private static bool IsRescheduled(WindowDefinition before, WindowDefinition after) =>
        before.Schedule != after.Schedule || before.ScheduleTimezone != after.ScheduleTimezone || before.ScheduleOffset != after.ScheduleOffset
        || before.StartDate != after.StartDate || before.EndDate != after.EndDate;

    /// <summary>An expression's compiled form depends on nothing but its text, and is most of the work of asking for an opening.</summary>
    private static bool TryCompile(string text, [NotNullWhen(true)] out Schedule? schedule, [NotNullWhen(false)] out string? fault)
    {
        fault = null;
        if (Compiled.TryGetValue(text, out schedule))
        {
            return true;
        }

        if (!Schedule.TryParse(text, out schedule, out fault))
        {
            return false;
        }

        if (Compiled.Count >= CompiledMax)
        {
            Compiled.Clear();
        }

        Compiled[text] = schedule;
        return true;
    }

    private static bool TryCreate(
        WindowDefinition definition, Instant scheduleSet, string? repeatedHour, IDateTimeZoneProvider zones,
        [NotNullWhen(true)] out WindowSchedule? window, [NotNullWhen(false)] out string? fault)
    {
        window = null;
        if (!TryCompile(definition.Schedule, out var schedule, out fault))
        {
            return false;
        }

        var terms = new WindowTerms(schedule, scheduleSet)
        {
            Timezone = definition.ScheduleTimezone,
            StartDate = definition.StartDate,
            EndDate = definition.EndDate,
            ScheduleOffset = definition.ScheduleOffset,
            RepeatedHour = repeatedHour == Both ? RepeatedHour.Both : RepeatedHour.First,
        };
        return WindowSchedule.TryCreate(terms, zones, out window, out fault);
    }
}
