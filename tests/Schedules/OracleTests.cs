using Casement.Tests;
using CsCheck;
using NodaTime;

namespace Casement.Schedules.Tests;

public sealed class OracleTests
{
    private const int Ordinary = 2_000;
    private const int Soaked = 100_000;

    /// <summary>At least a hundred thousand under any <c>--soak</c>.</summary>
    private static int Cases => Soak.Factor == 1 ? Ordinary : Math.Max(Soaked, Soak.Times(Ordinary));

    [Fact]
    public void Openings_are_those_of_a_walk_over_local_times() =>
        CaseGen.Cases.Sample(
            it =>
            {
                WindowSchedule window = Window(it);
                List<Occurrence> expected = Oracle.Openings(it);
                Assert.Equal(expected, window.Between(it.From, it.To));
                for (int i = 0; i < expected.Count; i += 1 + (expected.Count / 50))
                {
                    Instant instant = expected[i].Instant;
                    Assert.Equal(expected[i], window.Next(instant - Duration.Epsilon));
                    Instant before = i == 0 ? it.From : expected[i - 1].Instant;
                    Assert.Equal(expected[i], window.Next(before + ((instant - before) / 2) - Duration.Epsilon));
                }

                if (it.DayKind == "never")
                {
                    Assert.Null(window.Next(Instant.MinValue));
                }
            },
            iter: Cases,
            threads: 1,
            print: it => it.ToString());

    [Fact]
    public void The_generator_reaches_every_class()
    {
        string[] wanted =
        [
            .. CaseGen.Zones,
            "gap", "first pass", "second pass", "skipped day", "several times in one gap", "L", "L-n", "LW", "W", "#",
            "#5", "lastWeekday", "list of days", "list of weekdays", "L-nW", "L of the week", "another zone", "years", "offset", "offset into a gap", "seven fields", "never", "StartDate", "EndDate",
            "anchor inside", "whole year",
        ];
        var missing = new HashSet<string>(wanted);
        CaseGen.Cases.Sample(
            it =>
            {
                if (missing.Count > 0)
                {
                    missing.ExceptWith(ClassesOf(it));
                }
            },
            // seeds are random: enough cases that the rarest class is not missed by chance; after the last class they cost little
            iter: 10 * Ordinary,
            threads: 1);
        Assert.Empty(missing);
    }

    private static IEnumerable<string> ClassesOf(Case it)
    {
        List<Occurrence> openings = Oracle.Openings(it);
        if (it.DayKind == "never")
        {
            Assert.Empty(openings);
            yield return "never";
        }

        if (openings.Count == 0)
        {
            yield break;
        }

        yield return it.Zone;
        yield return it.DayKind;
        IEnumerable<(string, bool)> classes =
        [
            ("gap", openings.Any(o => o.Fit == LocalTimeFit.Skipped)),
            ("first pass", openings.Any(o => o.Fit == LocalTimeFit.FirstPass)),
            ("second pass", openings.Any(o => o.Fit == LocalTimeFit.SecondPass)),
            ("skipped day", openings.Any(o => it.Zone == "Pacific/Apia" && o.Nominal.Date == new LocalDate(2011, 12, 30))),
            ("several times in one gap", openings.Any(o => o.Fit == LocalTimeFit.Skipped) && it.Minutes.Count > 12),
            ("another zone", !CaseGen.Zones.Contains(it.Zone)),
            ("years", !it.Text.EndsWith("*)", StringComparison.Ordinal)),
            ("offset", it.Offset > 0),
            ("offset into a gap", it.Offset > 0 && openings.Any(o => o.Fit == LocalTimeFit.Skipped)),
            ("seven fields", it.SevenFields),
            ("StartDate", it.Start is not null),
            ("EndDate", it.End is not null),
            ("anchor inside", it.Anchor > it.From),
            ("whole year", it.To - it.From > Duration.FromDays(360)),
        ];
        foreach ((string name, bool reached) in classes)
        {
            if (reached)
            {
                yield return name;
            }
        }
    }

    private static WindowSchedule Window(Case it) => Given.Window(new WindowTerms(Given.Schedule(it.Text), it.Anchor)
    {
        Timezone = it.Zone,
        StartDate = it.Start?.ToString(),
        EndDate = it.End?.ToString(),
        ScheduleOffset = it.Offset == 0 ? null : it.Offset,
        RepeatedHour = it.Repeated,
    });
}
