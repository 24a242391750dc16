namespace Casement.Policies;

/// <summary>The comparisons of the policy language, without prefix and suffix.</summary>
internal enum Comparison
{
    StringEquals = 1,
    StringNotEquals,
    StringEqualsIgnoreCase,
    StringNotEqualsIgnoreCase,
    StringLike,
    StringNotLike,
    NumericEquals,
    NumericNotEquals,
    NumericLessThan,
    NumericLessThanEquals,
    NumericGreaterThan,
    NumericGreaterThanEquals,
    DateEquals,
    DateNotEquals,
    DateLessThan,
    DateLessThanEquals,
    DateGreaterThan,
    DateGreaterThanEquals,
    Bool,
    BinaryEquals,
    IpAddress,
    NotIpAddress,
    ArnEquals,
    ArnNotEquals,
    ArnLike,
    ArnNotLike,
    Null,
}

/// <summary>How the values of a request key are put to the test.</summary>
internal enum SetTest
{
    /// <summary>The key has one value.</summary>
    Single = 1,

    /// <summary><c>ForAllValues:</c> every value passes, which is so for none.</summary>
    All,

    /// <summary><c>ForAnyValue:</c> at least one value passes.</summary>
    Any,
}

/// <summary>A condition operator: prefix, comparison and suffix. Names are compared without regard to case.</summary>
internal readonly record struct ConditionOperator(SetTest Set, Comparison Comparison, bool IfExists)
{
    private const string AllPrefix = "ForAllValues:";
    private const string AnyPrefix = "ForAnyValue:";
    private const string Suffix = "IfExists";

    private static readonly Dictionary<string, Comparison> ByName =
        Enum.GetValues<Comparison>().ToDictionary(c => c.ToString(), StringComparer.OrdinalIgnoreCase);

    /// <summary>Negated operators pass when no policy value is met, and so also when the key is absent.</summary>
    public bool IsNegated => Comparison is Comparison.StringNotEquals or Comparison.StringNotEqualsIgnoreCase
        or Comparison.StringNotLike or Comparison.NumericNotEquals or Comparison.DateNotEquals
        or Comparison.NotIpAddress or Comparison.ArnNotEquals or Comparison.ArnNotLike;

    public bool IsDate => Comparison is >= Comparison.DateEquals and <= Comparison.DateGreaterThanEquals;

    /// <summary>The operator of a document that was checked already.</summary>
    public static ConditionOperator Parse(string name) =>
        TryParse(name, out var result) ? result : throw new FormatException($"Unknown condition operator '{name}'.");

    public static bool TryParse(string name, out ConditionOperator result)
    {
        var rest = name.AsSpan();
        var set = SetTest.Single;
        if (rest.StartsWith(AllPrefix, StringComparison.OrdinalIgnoreCase))
        {
            set = SetTest.All;
            rest = rest[AllPrefix.Length..];
        }
        else if (rest.StartsWith(AnyPrefix, StringComparison.OrdinalIgnoreCase))
        {
            set = SetTest.Any;
            rest = rest[AnyPrefix.Length..];
        }

        var ifExists = rest.EndsWith(Suffix, StringComparison.OrdinalIgnoreCase);
        if (ifExists)
        {
            rest = rest[..^Suffix.Length];
        }

        result = default;
        if (!ByName.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(rest, out var comparison)
            || (ifExists && comparison == Comparison.Null))
        {
            return false;
        }

        result = new ConditionOperator(set, comparison, ifExists);
        return true;
    }
}
