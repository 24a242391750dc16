using System.Globalization;
using CsCheck;

namespace Casement.Schedules.Tests;

/// <summary>A field of a cron expression as text, and independently of that text the numbers it means.</summary>
internal sealed record CronPart(string Text, HashSet<int> Values)
{
    public static readonly string[] Weekdays = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];
    public static readonly string[] Months = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];

    public static CronPart One(int value) => new(Written($"{value}"), [value]);

    public static CronPart Every(int min, int max) => new("*", [.. Enumerable.Range(min, max - min + 1)]);

    public static CronPart Steps(int first, int max, int step) =>
        new(Written($"{first}/{step}"), [.. Enumerable.Range(first, max - first + 1).Where(v => (v - first) % step == 0)]);

    /// <summary>One to three of: a value, a range that may run over the end of its cycle, steps through either or all; names in any case.</summary>
    public static Gen<CronPart> Lists(int min, int max, string[] names) =>
        Member(min, max, names).Array[1, 3].Select(parts => new CronPart(
            string.Join(',', parts.Select(p => p.Text)), [.. parts.SelectMany(p => p.Values)]));

    private static Gen<CronPart> Member(int min, int max, string[] names) =>
        from form in Gen.Int[0, 4]
        from first in Gen.Int[min, max]
        from last in Gen.Int[min, max]
        from step in Gen.Int[1, min == 0 ? max : max - min + 1]
        from style in Gen.Int[0, 2]
        select Build(form, (min, max), (first, last, step), v => Name(v, min, names, style));

    private static CronPart Build(int form, (int Min, int Max) bounds, (int First, int Last, int Step) at, Func<int, string> name)
    {
        var (first, last, step) = at;
        List<int> range = [.. Cycle(first, last, bounds)];
        return form switch
        {
            0 => new CronPart(name(first), [first]),
            1 => new CronPart($"{name(first)}-{name(last)}", [.. range]),
            2 => new CronPart(Written($"{name(first)}-{name(last)}/{step}"), [.. range.Where((_, i) => i % step == 0)]),
            3 => new CronPart(Written($"{name(first)}/{step}"), Steps(first, bounds.Max, step).Values),
            _ => new CronPart(Written($"*/{step}"), Steps(bounds.Min, bounds.Max, step).Values),
        };
    }

    /// <summary>Walks up from one value to the other, from the end on to the beginning.</summary>
    private static IEnumerable<int> Cycle(int first, int last, (int Min, int Max) bounds)
    {
        for (var value = first; ; value = value == bounds.Max ? bounds.Min : value + 1)
        {
            yield return value;
            if (value == last)
            {
                yield break;
            }
        }
    }

    private static string Name(int value, int min, string[] names, int style) =>
        names.Length == 0 || style == 0 ? Written($"{value}") : style == 1 ? names[value - min] : names[value - min].ToLowerInvariant();

    private static string Written(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
