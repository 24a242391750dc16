namespace Casement.Policies;

/// <summary>
/// <c>*</c> or <c>service:Name</c>, without regard to case. Since neither half of a pattern or an action holds another
/// colon and the service half no wildcard, comparing the whole texts is comparing the halves.
/// </summary>
internal readonly struct ActionPattern(string source)
{
    private readonly TextPattern pattern = TextPattern.Compile(source, wildcards: true, variables: false);

    public string Source { get; } = source;

    /// <summary>A whole name without wildcards.</summary>
    public bool IsExact => !Source.AsSpan().ContainsAny('*', '?');

    /// <summary>The service half, or null when the pattern is not bound to one service.</summary>
    public string? Service
    {
        get
        {
            var colon = Source.IndexOf(':', StringComparison.Ordinal);
            return colon <= 0 || Source.AsSpan(0, colon).ContainsAny('*', '?') ? null : Source[..colon];
        }
    }

    public bool Matches(string action) => pattern.Matches(action, ConditionContext.Empty, ignoreCase: true);
}
