using NodaTime;

namespace Casement.Server;

/// <summary>A start that cannot succeed for a reason outside the program; said in one line, exit code 253.</summary>
public sealed class StartupException(string message) : Exception(message);

/// <summary>How the server was asked to run.</summary>
public sealed record Settings
{
    /// <summary>Where database, master key and admin key lie.</summary>
    public required string DataDirectory { get; init; }

    /// <summary>Never fsync, and remove the directory at the end.</summary>
    public bool Ephemeral { get; init; }

    public string Listen { get; init; } = "127.0.0.1";

    /// <summary>0 takes a free port.</summary>
    public int Port { get; init; } = 8470;

    public string? TlsCertificate { get; init; }

    public string? TlsKey { get; init; }

    /// <summary>Make a certificate authority and a certificate on the first start.</summary>
    public bool TlsSelf { get; init; }

    /// <summary>Listen beyond loopback without encryption, asked for by name.</summary>
    public bool InsecureHttp { get; init; }

    public string Account { get; init; } = "123456789012";

    public string Region { get; init; } = "us-east-1";

    public Quotas Quotas { get; init; } = Quotas.Open;

    /// <summary>The product's clock stands still until it is moved.</summary>
    public bool ManualClock { get; init; }

    /// <summary>The first instant of a manual clock; the real one's when absent.</summary>
    public Instant? ClockStart { get; init; }

    /// <summary>A file for the master key outside the data directory.</summary>
    public string? MasterKeyFile { get; init; }

    /// <summary>How long finished executions, commands and their output are kept.</summary>
    public int RetentionDays { get; init; } = 30;

    /// <summary>Newer time-zone data than the built-in one, in NodaTime's NZD form.</summary>
    public string? TimeZoneFile { get; init; }

    public bool Verbose { get; init; }

    public bool Tls => TlsCertificate is not null || TlsSelf;
}
