using System.Globalization;
using System.Reflection;

namespace Casement.Aws.Wire;

/// <summary>The constraints of one member, of the strings in it and of its keys.</summary>
internal sealed record MemberRules(bool Required, ValueRules Own, ValueRules Each, ValueRules Key)
{
    public static MemberRules Of(PropertyInfo property)
    {
        var length = property.GetCustomAttribute<LengthAttribute>();
        var each = property.GetCustomAttribute<EachLengthAttribute>();
        var key = property.GetCustomAttribute<KeyLengthAttribute>();
        var range = property.GetCustomAttribute<RangeAttribute>();
        return new MemberRules(
            property.IsDefined(typeof(RequiredAttribute)),
            new ValueRules(
                length?.Min ?? -1, length?.Max ?? -1,
                Compile(property.GetCustomAttribute<PatternAttribute>()?.Pattern),
                property.GetCustomAttribute<EnumValuesAttribute>()?.Values)
            {
                Least = range?.Min ?? long.MinValue,
                Greatest = range?.Max ?? long.MaxValue,
            },
            new ValueRules(
                each?.Min ?? -1, each?.Max ?? -1,
                Compile(property.GetCustomAttribute<EachPatternAttribute>()?.Pattern),
                property.GetCustomAttribute<EachEnumAttribute>()?.Values),
            new ValueRules(
                key?.Min ?? -1, key?.Max ?? -1,
                Compile(property.GetCustomAttribute<KeyPatternAttribute>()?.Pattern),
                property.GetCustomAttribute<KeyEnumAttribute>()?.Values));
    }

    private static ModelPattern? Compile(string? pattern) => pattern is null ? null : ModelPattern.Of(pattern);
}

/// <summary>Bounds, pattern and choice; -1 is no bound of length.</summary>
internal sealed record ValueRules(int Min, int Max, ModelPattern? Pattern, IReadOnlyList<string>? Values)
{
    public long Least { get; init; } = long.MinValue;

    public long Greatest { get; init; } = long.MaxValue;

    /// <summary>The sentences that <paramref name="value"/> breaks.</summary>
    public IEnumerable<string> Broken(object value) => Sentences(value);

    /// <summary>All sentences in brackets: faults of list items and map keys name the whole rule.</summary>
    public string All => $"[{string.Join(", ", Sentences(null))}]";

    private IEnumerable<string> Sentences(object? value)
    {
        var length = value is null ? 0 : LengthOf(value);
        if (Max >= 0 && (value is null || length > Max))
        {
            yield return Invariant($"Member must have length less than or equal to {Max}");
        }

        if (Min >= 0 && (value is null || length < Min))
        {
            yield return Invariant($"Member must have length greater than or equal to {Min}");
        }

        if (Greatest < long.MaxValue && (value is null || Compare(value, Greatest) > 0))
        {
            yield return Invariant($"Member must have value less than or equal to {Greatest}");
        }

        if (Least > long.MinValue && (value is null || Compare(value, Least) < 0))
        {
            yield return Invariant($"Member must have value greater than or equal to {Least}");
        }

        if (Pattern is not null && (value is null || (value is string text && !Pattern.IsMatch(text))))
        {
            yield return $"Member must satisfy regular expression pattern: {Pattern.Text}";
        }

        if (Values is not null && (value is null || (value is string choice && !Values.Contains(choice))))
        {
            yield return $"Member must satisfy enum value set: [{string.Join(", ", Values)}]";
        }
    }

    private static int LengthOf(object value) => value switch
    {
        string text => CodePoints(text),
        System.Collections.ICollection collection => collection.Count,
        System.Collections.IEnumerable items => items.Cast<object?>().Count(),
        _ => 0,
    };

    private static int CodePoints(string text)
    {
        var count = 0;
        for (var index = 0; index < text.Length; index++)
        {
            if (!char.IsLowSurrogate(text[index]) || index == 0 || !char.IsHighSurrogate(text[index - 1]))
            {
                count++;
            }
        }

        return count;
    }

    private static int Compare(object value, long bound) => value switch
    {
        int number => ((long)number).CompareTo(bound),
        long number => number.CompareTo(bound),
        decimal number => number.CompareTo(bound),
        double number => number.CompareTo(bound),
        _ => 0,
    };

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
