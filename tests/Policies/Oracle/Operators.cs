namespace Casement.Tests.PolicyOracle;

/// <summary>The condition operators, each by its name.</summary>
internal static class Operators
{
    /// <summary>Whether a value meets one of the policy's; null if one of the two cannot be read.</summary>
    private delegate bool? Meets(string actual, string wanted, IReadOnlyList<Fact>? facts);

    private static readonly Dictionary<string, (bool Negated, Meets Meets)> _operators = new()
    {
        ["stringequals"] = (false, Exactly),
        ["stringnotequals"] = (true, Exactly),
        ["stringequalsignorecase"] = (false, ExactlyInAnyCase),
        ["stringnotequalsignorecase"] = (true, ExactlyInAnyCase),
        ["stringlike"] = (false, Like),
        ["stringnotlike"] = (true, Like),
        ["numericequals"] = (false, Number(o => o == 0)),
        ["numericnotequals"] = (true, Number(o => o == 0)),
        ["numericlessthan"] = (false, Number(o => o < 0)),
        ["numericlessthanequals"] = (false, Number(o => o <= 0)),
        ["numericgreaterthan"] = (false, Number(o => o > 0)),
        ["numericgreaterthanequals"] = (false, Number(o => o >= 0)),
        ["dateequals"] = (false, Date(o => o == 0)),
        ["datenotequals"] = (true, Date(o => o == 0)),
        ["datelessthan"] = (false, Date(o => o < 0)),
        ["datelessthanequals"] = (false, Date(o => o <= 0)),
        ["dategreaterthan"] = (false, Date(o => o > 0)),
        ["dategreaterthanequals"] = (false, Date(o => o >= 0)),
        ["bool"] = (false, Truth),
        ["binaryequals"] = (false, Bytes),
        ["ipaddress"] = (false, Address),
        ["notipaddress"] = (true, Address),
        ["arnequals"] = (false, Arn),
        ["arnnotequals"] = (true, Arn),
        ["arnlike"] = (false, Arn),
        ["arnnotlike"] = (true, Arn),
    };

    /// <summary>The names without prefix and suffix, in lower case.</summary>
    public static IReadOnlyCollection<string> Names => _operators.Keys;

    public static bool Holds(
        string name, string key, IReadOnlyList<string> wanted, IReadOnlyList<Fact> facts, bool hasVariables)
    {
        var rest = name.ToLowerInvariant();
        var all = Cut(ref rest, "forallvalues:", fromStart: true);
        var any = Cut(ref rest, "foranyvalue:", fromStart: true);

        // a list without entries is as good as none
        var fact = facts.FirstOrDefault(f => f.Values.Count > 0 && f.Key.Equals(key, StringComparison.OrdinalIgnoreCase));
        if (rest == "null")
        {
            return wanted.Any(w => w.Equals(fact is null ? "true" : "false", StringComparison.OrdinalIgnoreCase));
        }

        var ifExists = Cut(ref rest, "ifexists", fromStart: false);
        var (negated, meets) = _operators[rest];
        if (fact is null)
        {
            return ifExists || all || (negated && !any);
        }

        bool Passes(string actual)
        {
            var met = wanted.Select(w => meets(actual, w, hasVariables ? facts : null)).ToList();
            return negated ? met.TrueForAll(m => m == false) : met.Contains(true);
        }

        return all ? fact.Values.All(Passes)
            : any ? fact.Values.Any(Passes)
            : !fact.IsList && Passes(fact.Values[0]);
    }

    private static bool Cut(ref string text, string piece, bool fromStart)
    {
        if (fromStart ? !text.StartsWith(piece, StringComparison.Ordinal) : !text.EndsWith(piece, StringComparison.Ordinal))
        {
            return false;
        }

        text = fromStart ? text[piece.Length..] : text[..^piece.Length];
        return true;
    }

    private static bool? Exactly(string actual, string wanted, IReadOnlyList<Fact>? facts) =>
        Glob.Read(wanted, wildcards: false, facts) is { } pattern && Glob.Fits(pattern, actual);

    private static bool? ExactlyInAnyCase(string actual, string wanted, IReadOnlyList<Fact>? facts) =>
        Glob.Read(wanted, wildcards: false, facts) is { } pattern && Glob.Fits(pattern, actual, ignoreCase: true);

    private static bool? Like(string actual, string wanted, IReadOnlyList<Fact>? facts) =>
        Glob.Read(wanted, wildcards: true, facts) is { } pattern && Glob.Fits(pattern, actual);

    private static Meets Number(Func<int, bool> holds) => (actual, wanted, _) =>
        Reading.Number(actual) is { } a && Reading.Number(wanted) is { } w ? holds(Reading.Compare(a, w)) : null;

    private static Meets Date(Func<int, bool> holds) => (actual, wanted, _) =>
        Reading.Date(actual) is { } a && Reading.Date(wanted) is { } w ? holds(a.CompareTo(w)) : null;

    private static bool? Truth(string actual, string wanted, IReadOnlyList<Fact>? facts) =>
        Reading.Truth(actual) is { } a && Reading.Truth(wanted) == a;

    private static bool? Bytes(string actual, string wanted, IReadOnlyList<Fact>? facts) =>
        Reading.Bytes(actual) is { } a && Reading.Bytes(wanted) is { } w && a.SequenceEqual(w);

    private static bool? Address(string actual, string wanted, IReadOnlyList<Fact>? facts) =>
        Reading.Range(actual) is { } a && Reading.Range(wanted) is { } w
        && a.Width == w.Width && a.Prefix >= w.Prefix && a.Bits >> (a.Width - w.Prefix) == w.Bits >> (w.Width - w.Prefix);

    private static bool? Arn(string actual, string wanted, IReadOnlyList<Fact>? facts)
    {
        if (Glob.Read(wanted, wildcards: true, facts) is not { } pattern)
        {
            return false;
        }

        var parts = Glob.SplitAtColons(pattern);
        var given = actual.Split(':', 6);
        return parts.Count == 6 && given.Length == 6 && parts.Zip(given).All(p => Glob.Fits(p.First, p.Second));
    }
}
