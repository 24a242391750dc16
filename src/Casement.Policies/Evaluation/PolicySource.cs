namespace Casement.Policies;

/// <summary>What a policy hangs on.</summary>
public enum HolderKind
{
    /// <summary>A user.</summary>
    User = 1,

    /// <summary>A group the user is in.</summary>
    Group,

    /// <summary>A role.</summary>
    Role,

    /// <summary>A session: the policy was given when it was made.</summary>
    Session,
}

/// <summary>The user, group, role or session that a policy hangs on, by name.</summary>
public sealed record PolicyHolder(HolderKind Kind, string Name);

/// <summary>Where a policy comes from.</summary>
public abstract record PolicySource
{
    private protected PolicySource()
    {
    }

    /// <summary>A managed policy attached to a holder, or set as its permissions boundary.</summary>
    public sealed record Managed(string Arn, PolicyHolder Holder) : PolicySource;

    /// <summary>A policy embedded in a holder. Session policies have no name of their own: an empty text.</summary>
    public sealed record Inline(string Name, PolicyHolder Holder) : PolicySource;

    /// <summary>The policy of the resource that the request names.</summary>
    public sealed record OfResource : PolicySource;

    /// <summary>The trust policy of the role that the request names.</summary>
    public sealed record OfTrust : PolicySource;
}

/// <summary>A document with its origin.</summary>
public sealed class AttachedPolicy
{
    private readonly Decision?[] decisions;

    /// <param name="source">Where the document comes from; decisions name it.</param>
    /// <param name="document">The document. One document may be attached many times.</param>
    public AttachedPolicy(PolicySource source, PolicyDocument document)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(document);
        Source = source;
        Document = document;
        decisions = new Decision?[document.Statements.Count];
    }

    /// <summary>Where the document comes from.</summary>
    public PolicySource Source { get; }

    /// <summary>The document.</summary>
    public PolicyDocument Document { get; }

    /// <summary>The same object for the same statement, so that deciding allocates nothing once it is warm.</summary>
    internal Decision DecidedBy(PolicyLayer layer, PolicyStatement statement)
    {
        var known = decisions[statement.Index];
        if (known is Decision.Allowed { Layer: var a } && a == layer)
        {
            return known;
        }

        if (known is Decision.ExplicitDeny { Layer: var d } && d == layer)
        {
            return known;
        }

        var by = new DecidingStatement(Source, statement.Index, statement.Sid, statement.Span);
        Decision made = statement.Effect == PolicyEffect.Allow
            ? new Decision.Allowed(layer, by)
            : new Decision.ExplicitDeny(layer, by);
        decisions[statement.Index] = made;
        return made;
    }
}
