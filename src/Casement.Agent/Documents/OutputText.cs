using System.Text;

namespace Casement.Agent.Documents;

/// <summary>Bytes of scripts as texts of replies, within the limits of the API.</summary>
internal static class OutputText
{
    internal const int StreamBytesMax = 24_000;
    internal const int OutputCharsMax = 2_500;
    private const string Truncated = "--output truncated--";
    private const string Separator = "\n----------ERROR-------\n";
    private const string OutputTruncated = "\n---Output truncated---";
    private const string ErrorTruncated = "\n---Error truncated----";

    /// <summary>
    /// Invalid UTF-8 becomes U+FFFD; the limit counts the script's bytes and the mark of the cut. The note comes after
    /// the bytes, on a line of its own, and is never cut.
    /// </summary>
    internal static string Stream(ReadOnlySpan<byte> bytes, string note = "")
    {
        var room = StreamBytesMax - Encoding.UTF8.GetByteCount(note) - (note.Length > 0 ? 1 : 0);
        var text = bytes.Length <= room
            ? Encoding.UTF8.GetString(bytes)
            : Encoding.UTF8.GetString(WholeCharacters(bytes[..(room - Truncated.Length)])) + Truncated;
        return note.Length == 0 ? text
            : text.Length == 0 || text.EndsWith('\n') ? text + note
            : $"{text}\n{note}";
    }

    /// <summary>Both streams in one text; each gets what the other leaves, at least half.</summary>
    internal static string Both(string output, string error)
    {
        if (error.Length == 0)
        {
            return Cut(output, OutputCharsMax, OutputTruncated);
        }
        var room = OutputCharsMax - Separator.Length;
        var outputRoom = Math.Max(room / 2, room - error.Length);
        var shown = Cut(output, outputRoom, OutputTruncated);
        return shown + Separator + Cut(error, room - shown.Length, ErrorTruncated);
    }

    private static string Cut(string text, int length, string suffix)
    {
        if (text.Length <= length)
        {
            return text;
        }
        var end = length - suffix.Length;
        return text[..(char.IsHighSurrogate(text[end - 1]) ? end - 1 : end)] + suffix;
    }

    /// <summary>Leaves a character out that the cut went through, instead of showing it as U+FFFD.</summary>
    private static ReadOnlySpan<byte> WholeCharacters(ReadOnlySpan<byte> bytes)
    {
        for (var back = 1; back <= Math.Min(3, bytes.Length); back++)
        {
            var lead = bytes[^back];
            if (lead >= 0b1100_0000)
            {
                var length = lead >= 0b1111_0000 ? 4 : lead >= 0b1110_0000 ? 3 : 2;
                return length > back ? bytes[..^back] : bytes;
            }
        }
        return bytes;
    }
}
