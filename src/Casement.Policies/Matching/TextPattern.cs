using System.Text;

namespace Casement.Policies;

/// <summary>
/// A wanted text of a policy: plain, with wildcards, with variables, or both. Variables are <c>${key}</c> and
/// <c>${key, 'default'}</c>; <c>${*}</c>, <c>${?}</c> and <c>${$}</c> are the literal characters.
/// </summary>
internal sealed class TextPattern
{
    private readonly string text;
    private readonly Shape shape;
    private readonly Part[] parts;

    private TextPattern(string text, Part[] parts)
    {
        this.text = text;
        this.parts = parts;
        var mark = text.AsSpan().IndexOfAny(WildcardText.AnyRun, WildcardText.OneCharacter);
        shape = parts.Length > 0 ? Shape.Variable
            : mark < 0 ? Shape.Plain
            : mark < text.Length - 1 || text[mark] == WildcardText.OneCharacter ? Shape.Wildcards
            : mark == 0 ? Shape.Anything : Shape.Prefix;
        if (shape == Shape.Prefix)
        {
            this.text = text[..mark];
        }
    }

    private enum Shape
    {
        Plain = 1,
        Anything,
        Prefix,
        Wildcards,
        Variable,
    }

    public bool HasVariables => shape == Shape.Variable;

    /// <param name="source">The text as the policy writes it.</param>
    /// <param name="wildcards">Whether <c>*</c> and <c>?</c> are wildcards here.</param>
    /// <param name="variables">Whether <c>${…}</c> is replaced here; the older language version has none.</param>
    public static TextPattern Compile(string source, bool wildcards, bool variables)
    {
        var parts = new List<Part>();
        var literal = new StringBuilder();
        var at = 0;
        var quotes = true;
        while (at < source.Length)
        {
            var open = variables ? source.IndexOf("${", at, StringComparison.Ordinal) : -1;
            var close = open < 0 ? -1 : VariableEnd(source, open, ref quotes);
            if (close < 0)
            {
                break;
            }

            AppendLiteral(literal, source[at..open], wildcards);
            var inner = source[(open + 2)..close];
            if (inner is "*" or "?" or "$")
            {
                literal.Append(inner);
            }
            else
            {
                parts.Add(new Part(literal.ToString(), null));
                literal.Clear();
                parts.Add(Variable(inner));
            }

            at = close + 1;
        }

        AppendLiteral(literal, source[at..], wildcards);
        return parts.Count == 0
            ? new TextPattern(literal.ToString(), [])
            : new TextPattern("", [.. parts, new Part(literal.ToString(), null)]);
    }

    public bool Matches(ReadOnlySpan<char> value, ConditionContext context, bool ignoreCase = false)
    {
        var comparison = ignoreCase ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal;
        return shape switch
        {
            Shape.Plain => value.Equals(text, comparison),
            Shape.Anything => true,
            Shape.Prefix => value.StartsWith(text, comparison),
            Shape.Wildcards => Glob.Matches(text, value, ignoreCase),
            Shape.Variable => Expand(context) is { } pattern && Glob.Matches(pattern, value, ignoreCase),
        };
    }

    /// <summary>
    /// The marked pattern with all variables replaced by their values; null if one has neither value nor default. A
    /// key with several values has no value here.
    /// </summary>
    public string? Expand(ConditionContext context)
    {
        if (shape != Shape.Variable)
        {
            return shape switch
            {
                Shape.Anything => "\uFFFF",
                Shape.Prefix => text + WildcardText.AnyRun,
                _ => text,
            };
        }

        var expanded = new StringBuilder();
        foreach (var part in parts)
        {
            var piece = part.Key is null ? part.Literal : context.SingleValue(part.Key) ?? part.Literal;
            if (piece is null)
            {
                return null;
            }

            expanded.Append(part.Key is null ? piece : WildcardText.Plain(piece));
        }

        return expanded.ToString();
    }

    /// <summary>
    /// The closing brace; a default in single quotes may itself hold one. <paramref name="quotes"/> says whether a
    /// quote before a brace may still come: what was looked for once in vain is not looked for at every variable.
    /// </summary>
    private static int VariableEnd(string source, int open, ref bool quotes)
    {
        var end = source.IndexOf('}', open);
        var quote = end < 0 ? -1 : source.IndexOf('\'', open, end - open);
        if (quote < 0 || !quotes)
        {
            return end;
        }

        var quoted = source.IndexOf("'}", quote + 1, StringComparison.Ordinal);
        quotes = quoted >= 0;
        return quoted < 0 ? end : quoted + 1;
    }

    private static Part Variable(string inner)
    {
        var comma = inner.IndexOf(',', StringComparison.Ordinal);
        if (comma < 0)
        {
            return new Part(null, inner.Trim());
        }

        var given = inner[(comma + 1)..].Trim();
        var isQuoted = given.Length >= 2 && given[0] == '\'' && given[^1] == '\'';
        return new Part(isQuoted ? given[1..^1] : null, inner[..comma].Trim());
    }

    private static void AppendLiteral(StringBuilder literal, string piece, bool wildcards) =>
        literal.Append(wildcards ? WildcardText.Mark(piece) : piece);

    /// <summary>A literal piece, or a variable's key with its default in <see cref="Literal"/>.</summary>
    private readonly record struct Part(string? Literal, string? Key);
}
