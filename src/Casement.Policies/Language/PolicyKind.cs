namespace Casement.Policies;

/// <summary>What a document is used as. It decides which elements the document must and must not have.</summary>
public enum PolicyKind
{
    /// <summary>A managed policy: version 2012-10-17 is required, principals are refused.</summary>
    Managed = 1,

    /// <summary>A policy embedded in a user, group or role: either version, no version meaning 2008-10-17.</summary>
    Inline,

    /// <summary>A role's trust policy: principals required, resources refused, actions of STS only.</summary>
    Trust,

    /// <summary>A policy attached to a resource, such as a topic: principals and resources required.</summary>
    Resource,

    /// <summary>A permissions boundary, which AWS only takes from managed policies: the same rules as those.</summary>
    Boundary,

    /// <summary>A policy passed when a session is made: the same rules as an inline policy.</summary>
    Session,
}
