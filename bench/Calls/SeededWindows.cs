using System.Security.Cryptography;
using Casement.Bench.Servers;
using Casement.Storage;

namespace Casement.Bench.Calls;

/// <summary>Looks into, and fills, the database of a running server beside it.</summary>
internal static class SeededWindows
{
    /// <summary>More windows, put where the API puts them.</summary>
    public static List<string> Add(CasementProcess server, int count)
    {
        using var database = Database.Open(new DatabaseOptions(server.DatabaseFile));
        var now = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
        var definition = new WindowDefinition
        {
            Description = "Restarts what needs it",
            Schedule = "cron(0 2 ? * SUN *)",
            ScheduleTimezone = "Europe/Berlin",
            Duration = 3,
            Cutoff = 1,
            AllowUnassociatedTargets = false,
        };
        var ids = new List<string>();
        database.Write(tx =>
        {
            for (var i = 0; i < count; i++)
            {
                var id = "mw-" + RandomNumberGenerator.GetHexString(17, lowercase: true);
                Storage.Windows.Insert(tx, ScopeOf(server), new WindowRow(id, "seeded", true, now + 86_400_000, definition, now, now, now));
                ids.Add(id);
            }
        }).GetAwaiter().GetResult();
        return ids;
    }

    public static int Count(CasementProcess server)
    {
        using var database = Database.Open(new DatabaseOptions(server.DatabaseFile));
        return database.Read(tx => Storage.Windows.Count(tx, ScopeOf(server)));
    }

    /// <summary>Pages in use, whether in the file or still in the log.</summary>
    public static long DatabaseBytes(CasementProcess server)
    {
        using var database = Database.Open(new DatabaseOptions(server.DatabaseFile));
        return database.Read(tx => tx.Count("SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()"));
    }

    private static Scope ScopeOf(CasementProcess server) => new(CasementProcess.Account, server.Admin.Region);
}
