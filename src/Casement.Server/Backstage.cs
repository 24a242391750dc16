using Casement.Server.Audit;
using Casement.Server.Engine;
using Casement.Server.Iam;
using Casement.Server.Operations;
using Casement.Server.Ssm.Nodes;
using Casement.Storage;
using Microsoft.Extensions.Logging.Abstractions;
using NodaTime;

namespace Casement.Server;

/// <summary>What every operation may reach: one value, made when the server starts.</summary>
public sealed class Backstage
{
    public required Clock Clock { get; init; }

    /// <summary>Time zones: built in, or newer ones given at start.</summary>
    public required IDateTimeZoneProvider Zones { get; init; }

    public required Database Database { get; init; }

    public required Quotas Quotas { get; init; }

    /// <summary>Keys and sessions: what a credential's secret is, and whose it is.</summary>
    public required Credentials Credentials { get; init; }

    public required Authorizer Authorizer { get; init; }

    public required PrincipalTags PrincipalTags { get; init; }

    public required AuditLog Audit { get; init; }

    /// <summary>The tokens of listings that go over several pages.</summary>
    public required Paging Paging { get; init; }

    public required Bells Bells { get; init; }

    /// <summary>Wakes polls of nodes; without grains only those of this process.</summary>
    public NodeBells NodeBells { get; init; } = new LocalNodeBells();

    /// <summary>When each node was last heard of.</summary>
    public NodeContacts Contacts { get; init; } = new();

    /// <summary>Counts refused registrations beside refused credentials.</summary>
    public SourceLimiter Limiter { get; init; } = new(TimeProvider.System);

    /// <summary>Names stored rows that cannot be read in the log.</summary>
    public UnreadableRows Unreadable { get; init; } = new(NullLogger<UnreadableRows>.Instance);

    /// <summary>Moves a manual clock.</summary>
    public required ClockStepper Stepper { get; init; }
}
