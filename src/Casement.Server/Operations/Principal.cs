using System.Diagnostics;

namespace Casement.Server.Operations;

/// <summary>Who calls. A request whose credential is not one of these was refused before.</summary>
public abstract record Principal
{
    private protected Principal(string account) => Account = account;

    public string Account { get; }

    /// <summary>The ARN that refusals and the audit trail name.</summary>
    public string Arn => this switch
    {
        Root => $"arn:aws:iam::{Account}:root",
        User user => $"arn:aws:iam::{Account}:user{user.Path}{user.Name}",
        RoleSession session => $"arn:aws:sts::{Account}:assumed-role/{session.RoleName}/{session.SessionName}",
        NodeKey key => $"arn:aws:ssm:{key.Region}:{Account}:managed-instance/{key.NodeId}",
        Anonymous => "anonymous",
        _ => throw new UnreachableException(),
    };

    /// <summary>STS's UserId, the value of <c>aws:userid</c>.</summary>
    public string UserId => this switch
    {
        User user => user.Id,
        RoleSession session => $"{session.RoleId}:{session.SessionName}",
        Root or NodeKey or Anonymous => Account,
        _ => throw new UnreachableException(),
    };

    /// <summary>The account's root user.</summary>
    public sealed record Root(string InAccount) : Principal(InAccount);

    /// <summary>An IAM user calling with a long-term key.</summary>
    public sealed record User(string InAccount, string Id, string Name, string Path) : Principal(InAccount);

    /// <summary>A session of an assumed role.</summary>
    public sealed record RoleSession(string InAccount, string RoleId, string RoleName, string Path, string SessionName, DateTimeOffset IssuedAt) : Principal(InAccount)
    {
        public string RoleArn => $"arn:aws:iam::{Account}:role{Path}{RoleName}";

        /// <summary>Session policies given at AssumeRole: a document, or the ARN of a managed policy, which is looked up live.</summary>
        public IReadOnlyList<string> SessionPolicies { get; init; } = [];

        public IReadOnlyDictionary<string, string> Tags { get; init; } = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);

        /// <summary>Keys of tags that sessions made from this one inherit.</summary>
        public IReadOnlyList<string> TransitiveTagKeys { get; init; } = [];

        public string? SourceIdentity { get; init; }

        /// <summary>The node whose agent was given this session; null for all other sessions. Only such sessions reach a mailbox.</summary>
        public NodeSeat? Node { get; init; }
    }

    /// <summary>A node that signed with its own RSA key: good for its role token and its key's rotation, nothing else.</summary>
    public sealed record NodeKey(string InAccount, string Region, string NodeId) : Principal(InAccount);

    /// <summary>A caller of an unsigned operation.</summary>
    public sealed record Anonymous() : Principal("");
}

/// <summary>The node that a node session belongs to.</summary>
public sealed record NodeSeat(string NodeId, string Region);
