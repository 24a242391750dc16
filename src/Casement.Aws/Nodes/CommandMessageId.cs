using System.Diagnostics.CodeAnalysis;

namespace Casement.Aws.Nodes;

/// <summary>
/// Id of a message: <c>aws.ssm.&lt;command id&gt;.&lt;node id&gt;</c>. Agents take the command's id from here, not from
/// the payload. Both parts hold letters, digits and hyphens only, 1 to 128 of them, so that each is a safe file name.
/// </summary>
/// <param name="CommandId">UUID of the command (of the cancellation itself in a cancel message).</param>
/// <param name="NodeId">The destination.</param>
public sealed record CommandMessageId(string CommandId, string NodeId)
{
    private const string Prefix = "aws.ssm.";
    private const int LengthMax = 128;

    /// <summary>Reads the form above; nothing else is accepted.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, [NotNullWhen(true)] out CommandMessageId? id)
    {
        id = null;
        if (text is null || !text.StartsWith(Prefix, StringComparison.Ordinal))
        {
            return false;
        }
        var parts = text[Prefix.Length..].Split('.');
        if (parts.Length != 2 || !IsPart(parts[0]) || !IsPart(parts[1]))
        {
            return false;
        }
        id = new CommandMessageId(parts[0], parts[1]);
        return true;
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Prefix}{CommandId}.{NodeId}";

    private static bool IsPart(string part) =>
        part.Length is > 0 and <= LengthMax && part.All(c => char.IsAsciiLetterOrDigit(c) || c == '-');
}
