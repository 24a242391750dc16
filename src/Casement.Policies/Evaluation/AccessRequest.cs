namespace Casement.Policies;

/// <summary>
/// One question: may this action be done to this resource, under these circumstances? An action on several resources
/// is several questions, and all must be answered with yes.
/// </summary>
public sealed class AccessRequest
{
    private readonly Range[] segments;

    /// <param name="action"><c>service:Name</c>, in any case.</param>
    /// <param name="resource">
    /// The ARN the service checks. Actions of Systems Manager without a resource of their own are checked on
    /// <c>arn:aws:ssm:REGION:ACCOUNT:*</c>; <c>*</c> and other texts that are not ARNs meet the pattern <c>*</c> only,
    /// or one of the same text.
    /// </param>
    /// <param name="context">The condition keys of this call and this resource.</param>
    public AccessRequest(string action, string resource, ConditionContext context)
    {
        ArgumentNullException.ThrowIfNull(action);
        ArgumentNullException.ThrowIfNull(resource);
        ArgumentNullException.ThrowIfNull(context);
        Action = action;
        Resource = resource;
        Context = context;
        ServiceLength = Math.Max(0, action.IndexOf(':', StringComparison.Ordinal));
        Span<Range> ranges = stackalloc Range[ArnText.SegmentsMax];
        segments = ranges[..ArnText.Split(resource, ranges)].ToArray();
    }

    /// <summary><c>service:Name</c>.</summary>
    public string Action { get; }

    /// <summary>The ARN as text; nothing in it is a wildcard.</summary>
    public string Resource { get; }

    /// <summary>The condition keys.</summary>
    public ConditionContext Context { get; }

    internal int ServiceLength { get; }

    internal ReadOnlySpan<Range> ResourceSegments => segments;
}
