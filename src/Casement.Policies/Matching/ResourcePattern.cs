namespace Casement.Policies;

/// <summary>
/// <c>*</c> or an ARN pattern, with regard to case. Pattern and resource are compared segment by segment, so a star
/// crosses colons and slashes in the resource part only. A pattern with fewer segments whose last one ends in a star
/// lets it cover all that follows: <c>arn:aws:ssm:*</c> is everything of that service. The resource named by a request
/// is plain text: the star in <c>arn:aws:ssm:REGION:ACCOUNT:*</c>, which stands for actions without a resource of
/// their own, is a character.
/// </summary>
internal sealed class ResourcePattern
{
    private readonly TextPattern? whole;
    private readonly TextPattern[] segments = [];
    private readonly bool coversRest;

    public ResourcePattern(string source, bool variables)
    {
        // One trailing star, or none: comparing the whole text is the same, and much quicker.
        var star = source.AsSpan().IndexOfAny('*', '?');
        var isPlain = star < 0 || (star == source.Length - 1 && source[star] == '*');
        if (isPlain && !(variables && source.Contains("${", StringComparison.Ordinal)))
        {
            whole = TextPattern.Compile(source, wildcards: true, variables: false);
            Exact = star < 0 ? source : null;
            return;
        }

        Span<Range> ranges = stackalloc Range[ArnText.SegmentsMax];
        var count = ArnText.Split(source, ranges);
        segments = new TextPattern[count];
        for (var i = 0; i < count; i++)
        {
            segments[i] = TextPattern.Compile(source[ranges[i]], wildcards: true, variables && i == 5);
        }

        coversRest = count < ArnText.SegmentsMax && source.EndsWith('*');
    }

    /// <summary>The one resource that the pattern matches; null when it has wildcards or variables.</summary>
    public string? Exact { get; }

    public bool Matches(AccessRequest request)
    {
        if (whole is not null)
        {
            return whole.Matches(request.Resource, request.Context);
        }

        var last = segments.Length - 1;
        if (request.ResourceSegments.Length != segments.Length
            && !(coversRest && request.ResourceSegments.Length > segments.Length))
        {
            return false;
        }

        var resource = request.Resource.AsSpan();
        for (var i = 0; i <= last; i++)
        {
            var range = request.ResourceSegments[i];
            var part = i == last && coversRest ? resource[range.Start..] : resource[range];
            if (!segments[i].Matches(part, request.Context))
            {
                return false;
            }
        }

        return true;
    }
}
