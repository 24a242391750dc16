using Casement.Server.Ssm.Windows;
using Casement.Storage;
using NodaTime;
using NodaTime.TimeZones;

namespace Casement.Server;

/// <summary>Time zones: those built in, or newer ones from a file, so that new rules need no release.</summary>
public static class ZoneData
{
    /// <summary>Whether the windows' next openings were computed with this version of the zone data.</summary>
    public static bool IsAdopted(Tx tx, IDateTimeZoneProvider zones)
    {
        ArgumentNullException.ThrowIfNull(tx);
        ArgumentNullException.ThrowIfNull(zones);
        return tx.One("SELECT value FROM meta WHERE key=$1", r => r.Text(0), VersionKey) == zones.VersionId;
    }

    private const string VersionKey = "tzdb";

    /// <param name="file">Zone data in NodaTime's NZD form; null takes the built-in data.</param>
    /// <exception cref="StartupException">The file cannot be read or is not zone data.</exception>
    public static IDateTimeZoneProvider Load(string? file)
    {
        if (file is null)
        {
            return DateTimeZoneProviders.Tzdb;
        }

        try
        {
            using var stream = File.OpenRead(file);
            return new DateTimeZoneCache(TzdbDateTimeZoneSource.FromStream(stream));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NodaTime.Utility.InvalidNodaDataException)
        {
            throw new StartupException($"The zone data {file} cannot be used: {e.Message}");
        }
    }

    /// <summary>
    /// Once for each new version of the zone data: every window's next opening is computed again. What is due already stays
    /// due. Answers how many windows moved.
    /// </summary>
    public static int Adopt(Tx tx, IDateTimeZoneProvider zones, Instant now)
    {
        ArgumentNullException.ThrowIfNull(tx);
        ArgumentNullException.ThrowIfNull(zones);
        if (IsAdopted(tx, zones))
        {
            return 0;
        }

        tx.Execute("INSERT INTO meta(key, value) VALUES($1,$2) ON CONFLICT(key) DO UPDATE SET value=excluded.value", VersionKey, zones.VersionId);
        var moved = 0;
        foreach (var (scope, window) in Storage.Windows.Enabled(tx))
        {
            var next = window.NextMs <= now.ToUnixTimeMilliseconds() ? window.NextMs : WindowTimes.NextMs(window, now, zones);
            if (next != window.NextMs)
            {
                moved++;
                Storage.Windows.SetNext(tx, scope, window.WindowId, next);
                AuditTrail.Append(tx, new AuditEntry(
                    now.ToUnixTimeMilliseconds(), scope, "casement", "casement:AdoptTimeZones", WindowRules.Arn(scope, window.WindowId), "allow", null,
                    Ids.Uuid(), null, $$"""{"tzdb":"{{zones.VersionId}}"}"""));
            }
        }

        return moved;
    }
}
