using Casement.Tests;
using NodaTime;

namespace Casement.Schedules.Tests;

/// <summary>Expressions of a corpus, damaged at random: compiled or refused in a sentence, and what compiles can be asked.</summary>
public sealed class FuzzTests
{
    private static readonly string[] _pieces =
    [
        "cron(", "rate(", "at(", ")", " ", "\t", ",", "-", "/", "*", "?", "L", "W", "#", "LW", "L-", "SUN", "dec", "1970", "2199", "2200", "0", "59", "60",
        "99999999999999999999", "-1", "+1", "1e3", "\u0661", "\0", "\u2028", "T24:00:00", "minutes", "days", "1/1", "0-59/59", "7#5", "6L", "31W",
    ];

    private static readonly string[] _corpus = File.ReadAllLines(Path.Combine(Tree.Root, "tests", "Data", "corpora", "cron", "expressions.txt"));

    [Fact]
    public void A_damaged_expression_is_compiled_or_refused()
    {
        string[] zones = ["UTC", "America/Los_Angeles", "Australia/Lord_Howe", "Pacific/Apia"];
        Instant now = Instant.FromUtc(2024, 3, 1, 12, 0);
        (int compiled, int refused) = (0, 0);
        for (ulong seed = 0; seed < (ulong)Soak.Times(20_000); seed++)
        {
            var dice = new Dice(seed);
            string text = dice.Percent(50) ? Mutation.Of(dice.Of(_corpus), _corpus, _pieces, dice) : WithOtherField(dice);
            try
            {
                long before = GC.GetAllocatedBytesForCurrentThread();
                bool isCompiled = Schedule.TryParse(text, out Schedule? schedule, out string? fault);
                Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 30_000 + (40L * text.Length));
                Assert.NotEqual(isCompiled, fault is not null);
                Assert.True(isCompiled || fault!.StartsWith("Invalid schedule: ", StringComparison.Ordinal));
                compiled += isCompiled ? 1 : 0;
                refused += isCompiled ? 0 : 1;
                if (isCompiled)
                {
                    Ask(Given.Window(new WindowTerms(schedule!, now) { Timezone = dice.Of(zones), RepeatedHour = dice.Of(Enum.GetValues<RepeatedHour>()) }), now);
                }
            }
            catch (Exception e)
            {
                throw new InvalidOperationException($"seed {seed}: {text}", e);
            }
        }

        Assert.True(compiled > 1_000 && refused > 5_000, $"{compiled} compiled, {refused} refused: the damage is too small or too large.");
    }

    /// <summary>A whole expression with one field of another one, or with a piece instead of it.</summary>
    private static string WithOtherField(Dice dice)
    {
        string[] fields = dice.Of(_corpus).Split(' ');
        string[] other = dice.Of(_corpus).Split(' ');
        int at = dice.Next(fields.Length);
        fields[at] = dice.Percent(70) ? other[at % other.Length] : dice.Of(_pieces);
        return string.Join(' ', fields);
    }

    private static void Ask(WindowSchedule window, Instant now)
    {
        Instant after = now;
        for (int i = 0; i < 3 && window.Next(after) is { } next; i++)
        {
            Assert.True(next.Instant > after);
            after = next.Instant;
        }

        _ = window.Warnings(now);
    }
}
