using System.Globalization;

namespace Casement.Storage;

/// <summary>Instants of the product's clock that must outlive the process, in <c>meta</c>.</summary>
public static class ClockMarks
{
    private const string Decided = "clock";
    private const string Retained = "retention";

    /// <summary>The latest instant that anything durable was decided by, a few seconds at most behind it; null in a new database.</summary>
    public static long? Read(Tx tx) => Read(tx, Decided);

    /// <summary>Moves it on, never back.</summary>
    public static void MoveOn(Tx tx, long nowMs)
    {
        ArgumentNullException.ThrowIfNull(tx);
        tx.Execute(
            "INSERT INTO meta(key, value) VALUES($1,$2) ON CONFLICT(key) DO UPDATE SET value=excluded.value WHERE CAST(value AS INTEGER)<$3",
            Decided, Text(nowMs), nowMs);
    }

    /// <summary>Moves it back, when what was decided by a clock that was ahead has been put right.</summary>
    public static void Set(Tx tx, long nowMs) => Set(tx, Decided, nowMs);

    /// <summary>The instant by which retention last removed anything; null before it first did.</summary>
    public static long? Retention(Tx tx) => Read(tx, Retained);

    public static void SetRetention(Tx tx, long nowMs) => Set(tx, Retained, nowMs);

    private static long? Read(Tx tx, string key)
    {
        ArgumentNullException.ThrowIfNull(tx);
        return tx.One("SELECT CAST(value AS INTEGER) FROM meta WHERE key=$1", r => r.LongOrNull(0), key);
    }

    private static void Set(Tx tx, string key, long ms)
    {
        ArgumentNullException.ThrowIfNull(tx);
        tx.Execute("INSERT INTO meta(key, value) VALUES($1,$2) ON CONFLICT(key) DO UPDATE SET value=excluded.value", key, Text(ms));
    }

    private static string Text(long ms) => ms.ToString(CultureInfo.InvariantCulture);
}
