using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Casement.Executions;

/// <summary>An absolute number of nodes, or a percentage of the nodes that a command resolved to.</summary>
public abstract record Amount
{
    private const int LongestText = 7;

    private protected Amount()
    {
    }

    /// <summary>
    /// MaxConcurrency for <paramref name="nodes"/> nodes. Of a percentage: rounded down, but at least one node,
    /// because none at all would never end.
    /// </summary>
    public int ConcurrencyOf(int nodes) => Math.Max(1, Of(nodes));

    /// <summary>MaxErrors for <paramref name="nodes"/> nodes. A percentage is rounded down, so it may be zero.</summary>
    public int ErrorsOf(int nodes) => Of(nodes);

    /// <summary>
    /// Reads a MaxConcurrency: <c>1</c> … <c>9999999</c> or <c>1%</c> … <c>100%</c>, without leading zeros;
    /// <c>0</c> and <c>0%</c> are refused.
    /// </summary>
    public static bool TryParseConcurrency([NotNullWhen(true)] string? text, [NotNullWhen(true)] out Amount? amount) =>
        TryParse(text, least: 1, out amount);

    /// <summary>Reads a MaxErrors: as MaxConcurrency, and <c>0</c> and <c>0%</c>.</summary>
    public static bool TryParseErrors([NotNullWhen(true)] string? text, [NotNullWhen(true)] out Amount? amount) =>
        TryParse(text, least: 0, out amount);

    /// <summary>The form in which clients write it.</summary>
    public sealed override string ToString() => this switch
    {
        Count count => count.Value.ToString(CultureInfo.InvariantCulture),
        Percent percent => string.Create(CultureInfo.InvariantCulture, $"{percent.Value}%"),
        _ => throw new UnreachableException(),
    };

    private int Of(int nodes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(nodes);
        return this switch
        {
            Count count => count.Value,
            Percent percent => (int)((long)nodes * percent.Value / 100),
            _ => throw new UnreachableException(),
        };
    }

    private static bool TryParse(string? text, int least, [NotNullWhen(true)] out Amount? amount)
    {
        amount = null;
        if (text is not { Length: > 0 and <= LongestText })
        {
            return false;
        }

        var isPercent = text[^1] == '%';
        var digits = isPercent ? text.AsSpan(0, text.Length - 1) : text;
        if (digits.IsEmpty || digits.ContainsAnyExceptInRange('0', '9') || (digits[0] == '0' && digits.Length > 1))
        {
            return false;
        }

        var value = int.Parse(digits, NumberStyles.None, CultureInfo.InvariantCulture);
        if (value < least || (isPercent && value > 100))
        {
            return false;
        }

        amount = isPercent ? new Percent(value) : new Count(value);
        return true;
    }

    /// <summary><c>7</c>: so many nodes, whatever the total.</summary>
    public sealed record Count(int Value) : Amount;

    /// <summary><c>7%</c>: 0 … 100 per cent of the nodes.</summary>
    public sealed record Percent(int Value) : Amount;
}
