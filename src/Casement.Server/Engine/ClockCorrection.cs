using Casement.Server.Ssm.Commands;
using Casement.Server.Ssm.Windows;
using Casement.Storage;
using NodaTime;
using NodaTime.Text;

namespace Casement.Server.Engine;

/// <summary>What a correction did.</summary>
/// <param name="From">The latest instant that anything was decided by.</param>
/// <param name="To">The corrected now.</param>
/// <param name="Windows">Windows that now open at another instant or lost a row.</param>
/// <param name="Withdrawn">Rows that said of occurrences ahead that they had not opened.</param>
/// <param name="Failed">Windows that could not be corrected, each with the reason.</param>
internal sealed record Correction(Instant From, Instant To, int Windows, int Withdrawn, IReadOnlyList<(string WindowId, Exception Why)> Failed);

/// <summary>
/// Puts right what followed from a clock that was ahead, once it is set back: windows open again at the instants of their
/// schedules, and what had begun ahead keeps the time that it had left. What opened stays opened and never opens again.
/// </summary>
internal sealed class ClockCorrection(Backstage backstage)
{
    /// <summary>A clock that is set back by less is waited for: nothing opens twice, and nothing later than by so much.</summary>
    public static readonly Duration Tolerance = Duration.FromSeconds(30);

    private const int ChunkMax = 500;

    private readonly List<(string WindowId, Exception Why)> _failed = [];
    private int _windows;
    private int _withdrawn;

    /// <summary>Looks whether the clock was set back, and corrects what followed; null when it was not.</summary>
    public static async Task<Correction?> Look(Backstage backstage)
    {
        var clock = backstage.Clock;
        var now = clock.Now;
        var latestMs = Math.Max(clock.LatestMs, backstage.Database.Read(ClockMarks.Read) ?? long.MinValue);
        var latest = Instant.FromUnixTimeMilliseconds(latestMs);
        return latest - now < Tolerance ? null : await new ClockCorrection(backstage).Apply(latest, now);
    }

    private async Task<Correction> Apply(Instant latest, Instant now)
    {
        // the mark falls in the last chunk: after a crash all begins anew, and only that chunk's part must not be done twice
        for (long? after = 0; after is { } seq;)
        {
            after = await backstage.Database.Write(tx => Chunk(tx, latest, now, seq));
        }

        backstage.Clock.Corrected(now.ToUnixTimeMilliseconds());
        backstage.Bells.CommandDue(now.ToUnixTimeMilliseconds());
        return new Correction(latest, now, _windows, _withdrawn, _failed);
    }

    private long? Chunk(Tx tx, Instant latest, Instant now, long afterSeq)
    {
        var windows = Storage.Windows.AfterSeq(tx, afterSeq, ChunkMax);
        foreach (var (_, scope, windowId) in windows)
        {
            var fault = tx.Attempt(() => Correct(tx, scope, Storage.Windows.Find(tx, scope, windowId)!, latest, now));
            if (fault is not null)
            {
                _failed.Add((windowId, fault));
            }
        }

        if (windows.Count == ChunkMax)
        {
            return windows[^1].Seq;
        }

        var nowMs = now.ToUnixTimeMilliseconds();
        foreach (var nodeId in Storage.ClockCorrections.TakeBack(tx, nowMs, (long)(latest - now).TotalMilliseconds, CommandUnit.CancelGraceMs))
        {
            tx.AfterCommit(() => backstage.NodeBells.Ring(nodeId));
        }

        ClockMarks.Set(tx, nowMs);
        return null;
    }

    private void Correct(Tx tx, Scope scope, WindowRow window, Instant latest, Instant now)
    {
        var withdrawn = Storage.ClockCorrections.Withdraw(tx, scope, window.WindowId, now.ToUnixTimeMilliseconds());
        var corrected = WindowTimes.CountedFromBefore(window, now);

        // what is due by the corrected clock, too, has not been decided and stays due
        corrected = corrected with
        {
            NextMs = window.NextMs <= now.ToUnixTimeMilliseconds() ? window.NextMs : WindowTimes.NextMs(corrected, now, backstage.Zones),
        };
        if (withdrawn == 0 && corrected == window)
        {
            return;
        }

        Storage.Windows.Rearm(tx, scope, corrected);
        AuditTrail.Append(tx, new AuditEntry(
            now.ToUnixTimeMilliseconds(), scope, "casement", "casement:CorrectClock", WindowRules.Arn(scope, window.WindowId), "allow", null, Ids.Uuid(), null,
            $$"""{"from":"{{Text(latest)}}","to":"{{Text(now)}}","withdrawn":{{withdrawn}},"next":{{Next(corrected)}}}"""));
        _windows++;
        _withdrawn += withdrawn;
    }

    private static string Next(WindowRow window) => window.NextMs is { } ms ? $"\"{Text(Instant.FromUnixTimeMilliseconds(ms))}\"" : "null";

    private static string Text(Instant instant) => InstantPattern.ExtendedIso.Format(instant);
}
