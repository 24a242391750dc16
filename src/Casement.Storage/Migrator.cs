using System.Globalization;
using System.Reflection;

namespace Casement.Storage;

/// <summary>Numbered scripts, forward only, each applied once in a transaction of its own.</summary>
internal static class Migrator
{
    public static long Newest => Scripts().Count;

    public static void RefuseNewer(Tx tx)
    {
        var found = Version(tx);
        if (found > Newest)
        {
            throw new NewerSchemaException(found, Newest);
        }
    }

    public static void Migrate(Tx tx)
    {
        var scripts = Scripts();
        for (var version = Version(tx); version < scripts.Count; version++)
        {
            tx.Execute("BEGIN IMMEDIATE");
            tx.Script(Read(scripts[(int)version]));
            tx.Execute(
                "INSERT INTO meta(key, value) VALUES('schema', $1) ON CONFLICT(key) DO UPDATE SET value = excluded.value",
                (version + 1).ToString(CultureInfo.InvariantCulture));
            tx.Execute("COMMIT");
        }
    }

    private static long Version(Tx tx) =>
        tx.Any("SELECT 1 FROM sqlite_master WHERE name = 'meta'")
            ? long.Parse(tx.One("SELECT value FROM meta WHERE key = 'schema'", r => r.Text(0)) ?? "0", CultureInfo.InvariantCulture)
            : 0;

    private static List<string> Scripts() =>
        [.. Assembly.GetExecutingAssembly().GetManifestResourceNames()
            .Where(n => n.EndsWith(".sql", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal)];

    private static string Read(string resource)
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(resource)!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
