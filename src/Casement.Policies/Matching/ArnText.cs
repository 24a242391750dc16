namespace Casement.Policies;

/// <summary>
/// Splits at the first five colons: partition, service, region, account and the resource part, which keeps its own.
/// Always at least one segment; what is not an ARN has fewer than six.
/// </summary>
internal static class ArnText
{
    public const int SegmentsMax = 6;

    public static int Split(ReadOnlySpan<char> text, Span<Range> segments)
    {
        var count = 0;
        var start = 0;
        while (count < SegmentsMax - 1)
        {
            var colon = text[start..].IndexOf(':');
            if (colon < 0)
            {
                break;
            }

            segments[count++] = start..(start + colon);
            start += colon + 1;
        }

        segments[count++] = start..text.Length;
        return count;
    }

    /// <summary>The account of an ARN, empty where it has none or the text is no ARN.</summary>
    public static ReadOnlySpan<char> Account(ReadOnlySpan<char> arn)
    {
        Span<Range> segments = stackalloc Range[SegmentsMax];
        return Split(arn, segments) == SegmentsMax && arn.StartsWith("arn:", StringComparison.Ordinal)
            ? arn[segments[4]]
            : default;
    }
}
