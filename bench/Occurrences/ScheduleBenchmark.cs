using System.Diagnostics;
using System.Globalization;
using Casement.Schedules;
using NodaTime;

namespace Casement.Bench.Occurrences;

/// <summary>
/// The next occurrence of ten expressions in a zone with two changes a year, and all of a year, beside Quartz.NET and Cronos. The three
/// must agree, except within a day of a change of clocks, where each has rules of its own.
/// </summary>
internal static class ScheduleBenchmark
{
    private const string Zone = "America/Los_Angeles";
    private const int Starts = 1_000;
    private const int QuartzLead = 5;

    private static readonly TimeZoneInfo _zone = TimeZoneInfo.FindSystemTimeZoneById(Zone);
    private static readonly DateTimeOffset _year = new(2025, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>The same times in three languages; Cronos has no years, Quartz.NET and Cronos count or name days differently.</summary>
    private static readonly Expression[] _expressions =
    [
        new("cron(0/15 9-17 ? * MON-FRI *)", "0 0/15 9-17 ? * MON-FRI", "0 0/15 9-17 ? * MON-FRI"),
        new("cron(0 4 ? * SUN *)", "0 0 4 ? * SUN", "0 0 4 ? * SUN"),
        new("cron(30 23 L * ? *)", "0 30 23 L * ?", "0 30 23 L * ?"),
        new("cron(0 16 ? * TUE#3 *)", "0 0 16 ? * 3#3", "0 0 16 ? * 2#3"),
        new("cron(0 9 LW * ? *)", "0 0 9 LW * ?", "0 0 9 LW * ?"),
        new("cron(0 10 15W * ? *)", "0 0 10 15W * ?", "0 0 10 15W * ?"),
        new("cron(0 6 ? 2,8 6L *)", "0 0 6 ? 2,8 6L", "0 0 6 ? 2,8 5L"),
        new("cron(10,20,30 4/2 1-7 JAN-MAR,DEC ? *)", "0 10,20,30 4/2 1-7 JAN-MAR,DEC ?", "0 10,20,30 4/2 1-7 JAN-MAR,DEC ?"),
        new("cron(0 12 29 2 ? *)", "0 0 12 29 2 ?", "0 0 12 29 2 ?"),
        new("cron(5/10 * * * ? *)", "0 5/10 * * * ?", "0 5/10 * * * ?"),
    ];

    public static Task<IReadOnlyList<Row>> Run()
    {
        DateTimeOffset[] starts = [.. Enumerable.Range(0, Starts).Select(i => _year.AddSeconds(i * 31_337L))];
        Agree(starts);
        Instant[] instants = [.. starts.Select(Instant.FromDateTimeOffset)];
        var next = Nanoseconds(e => { foreach (var s in instants) { _ = e.Window.Next(s); } });
        var nextQuartz = Nanoseconds(e => { foreach (var s in starts) { _ = e.Quartz.GetNextValidTimeAfter(s); } });
        var nextCronos = Nanoseconds(e => { foreach (var s in starts) { _ = e.Cronos.GetNextOccurrence(s, _zone); } });

        var (from, to) = (_year, _year.AddYears(1));
        var (first, last) = (Instant.FromDateTimeOffset(from), Instant.FromDateTimeOffset(to));
        var year = Nanoseconds(e => _ = e.Window.Between(first, last).Count());
        var yearQuartz = Nanoseconds(e => _ = Quartz(e.Quartz, from, to).Count());
        var yearCronos = Nanoseconds(e => _ = e.Cronos.GetOccurrences(from, to, _zone).Count());
        List<Row> rows =
        [
            .. Beside("next occurrence, ten expressions", next, nextQuartz, nextCronos, Starts, "ns", Growth(instants)),
            .. Beside("a year's forecast, ten expressions", year, yearQuartz, yearCronos, 1_000, "µs", "all occurrences of 2025, counted"),
        ];
        return Task.FromResult<IReadOnlyList<Row>>(rows);
    }

    private static IEnumerable<Row> Beside(string what, double[] ours, double[] quartz, double[] cronos, double per, string unit, string note)
    {
        var (mean, meanQuartz, meanCronos) = (ours.Average() / per, quartz.Average() / per, cronos.Average() / per);
        var settings = $"one thread, {Zone}, the same results checked in the run; {note}";
        yield return new Row(
            what, mean, unit, "Quartz.NET CronExpression", meanQuartz, meanQuartz / mean, "5 x Quartz.NET", meanQuartz / mean >= QuartzLead,
            $"{settings}; least lead of one expression {Least(ours, quartz)}");
        yield return new Row(
            what, mean, unit, "Cronos", meanCronos, meanCronos / mean, "no slower than Cronos", meanCronos >= mean, $"{settings}; least lead of one expression {Least(ours, cronos)}");
    }

    private static string Least(double[] ours, double[] theirs)
    {
        var (lead, expression) = ours.Zip(theirs, (o, t) => t / o).Zip(_expressions).MinBy(p => p.First);
        return string.Create(CultureInfo.InvariantCulture, $"{lead:0.00} ({expression.Ours})");
    }

    /// <summary>What one round of each expression takes, the quickest of five measurements.</summary>
    private static double[] Nanoseconds(Action<Expression> round)
    {
        return [.. _expressions.Select(e =>
        {
            One(e, 50);
            return Enumerable.Range(0, 5).Min(_ => One(e, 60));
        })];

        double One(Expression e, double milliseconds)
        {
            var count = 0;
            var start = Stopwatch.GetTimestamp();
            do
            {
                round(e);
                count++;
            }
            while (Stopwatch.GetElapsedTime(start).TotalMilliseconds < milliseconds);
            return Stopwatch.GetElapsedTime(start).TotalNanoseconds / count;
        }
    }

    private static string Growth(Instant[] instants)
    {
        var parts = new List<string>();
        foreach (var count in new[] { 1_000, 10_000, 100_000 })
        {
            var before = GC.GetTotalMemory(forceFullCollection: true);
            WindowSchedule[] windows = [.. Enumerable.Range(0, count).Select(i => _expressions[i % _expressions.Length].Compile())];
            var bytes = (GC.GetTotalMemory(forceFullCollection: true) - before) / count;
            foreach (var window in windows)
            {
                _ = window.Next(instants[0]);
            }

            var start = Stopwatch.GetTimestamp();
            for (var i = 0; i < windows.Length; i++)
            {
                _ = windows[i].Next(instants[i % instants.Length]);
            }

            parts.Add(string.Create(CultureInfo.InvariantCulture, $"{count:#,0} schedules {Stopwatch.GetElapsedTime(start).TotalNanoseconds / count:0} ns each, {bytes} bytes each"));
        }

        return string.Join(", ", parts);
    }

    /// <exception cref="InvalidOperationException">Two of them say different things.</exception>
    private static void Agree(DateTimeOffset[] starts)
    {
        foreach (var e in _expressions)
        {
            foreach (var start in starts)
            {
                var ours = e.Window.Next(Instant.FromDateTimeOffset(start))?.Instant.ToDateTimeOffset();
                var quartz = e.Quartz.GetNextValidTimeAfter(start);
                var cronos = e.Cronos.GetNextOccurrence(start, _zone);
                if ((ours != quartz || ours != cronos) && !IsNearChange(start) && !IsNearChange(ours ?? start))
                {
                    throw new InvalidOperationException($"{e.Ours} after {start:O}: {ours:O}, Quartz.NET {quartz:O}, Cronos {cronos:O}.");
                }
            }
        }
    }

    private static bool IsNearChange(DateTimeOffset time) =>
        _zone.GetUtcOffset(time.AddDays(-1)) != _zone.GetUtcOffset(time.AddDays(1));

    private static IEnumerable<DateTimeOffset> Quartz(global::Quartz.CronExpression expression, DateTimeOffset from, DateTimeOffset to)
    {
        for (var next = expression.GetNextValidTimeAfter(from.AddSeconds(-1)); next < to; next = expression.GetNextValidTimeAfter(next.Value))
        {
            yield return next.Value;
        }
    }

    private sealed class Expression(string ours, string quartz, string cronos)
    {
        public string Ours => ours;

        public WindowSchedule Window { get; } = Compile(ours);

        public global::Quartz.CronExpression Quartz { get; } = new(quartz, _zone);

        public global::Cronos.CronExpression Cronos { get; } = global::Cronos.CronExpression.Parse(cronos, global::Cronos.CronFormat.IncludeSeconds);

        public WindowSchedule Compile() => Compile(ours);

        private static WindowSchedule Compile(string text)
        {
            if (!Schedule.TryParse(text, out var schedule, out var fault)
                || !WindowSchedule.TryCreate(new WindowTerms(schedule, Instant.FromUtc(2024, 1, 1, 0, 0)) { Timezone = Zone }, out var window, out fault))
            {
                throw new InvalidOperationException(fault);
            }

            return window;
        }
    }
}
