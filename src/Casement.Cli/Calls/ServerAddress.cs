namespace Casement.Cli.Calls;

/// <summary>Where a server is and how its certificate is checked.</summary>
/// <param name="CaFile">PEM file of the only authorities to trust, or null for those of the machine.</param>
internal sealed record ServerAddress(Uri Endpoint, string Region, string? CaFile);
