namespace Casement.Server;

/// <summary>Limits on numbers of things. <see cref="Open"/> is the default; <see cref="Aws"/> rehearses production.</summary>
public sealed record Quotas
{
    /// <summary>Windows in one account and region; null is without limit.</summary>
    public int? Windows { get; init; }

    /// <summary>Executions at once in one account and region; the next ones wait as PENDING. Null is without limit.</summary>
    public int? Executions { get; init; }

    /// <summary>Whether callers are slowed down with <c>ThrottlingException</c>.</summary>
    public bool Throttle { get; init; }

    /// <summary>Whether the numbers of IAM entities, their policies and their sizes are limited as in AWS.</summary>
    public bool IamCounts { get; init; }

    public int TasksPerWindow { get; init; } = 20;

    public int TargetsPerWindow { get; init; } = 100;

    public int IdsPerTarget { get; init; } = 50;

    public int WindowTargetsPerTask { get; init; } = 10;

    public int TagsPerTarget { get; init; } = 5;

    public int TagsPerResource { get; init; } = 50;

    public static Quotas Open { get; } = new();

    public static Quotas Aws { get; } = new() { Windows = 50, Executions = 5, Throttle = true, IamCounts = true };

    /// <summary>The preset of that name, or null.</summary>
    public static Quotas? Named(string name) => name switch { "open" => Open, "aws" => Aws, _ => null };
}
