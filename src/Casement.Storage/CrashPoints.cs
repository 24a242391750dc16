using System.Diagnostics;
using System.Globalization;

namespace Casement.Storage;

/// <summary>
/// Places where the process can be told to die as if by power loss, so that a test sees what a crash exactly there leaves.
/// <c>CASEMENT_CRASH_AT=name:n</c> kills it when that point is reached for the n-th time; read once, at the first point.
/// </summary>
public static class CrashPoints
{
    /// <summary>All units of a batch ran; nothing of them is durable.</summary>
    public const string BeforeCommit = "writer.before-commit";

    /// <summary>The batch is durable; none of its callers knows.</summary>
    public const string AfterCommit = "writer.after-commit";

    /// <summary>As <see cref="BeforeCommit"/>, for batches alone that hold a call with its audit row: the engine's own commits do not count.</summary>
    public const string BeforeCallCommit = "call.before-commit";

    /// <summary>As <see cref="AfterCommit"/>, for the same batches.</summary>
    public const string AfterCallCommit = "call.after-commit";

    private static readonly (string? Name, int Count) Armed = Read(Environment.GetEnvironmentVariable("CASEMENT_CRASH_AT"));
    private static int _times;

    /// <summary>Ends the process by SIGKILL when this is the point and the time it was armed for.</summary>
    public static void Reached(string name)
    {
        if (Armed.Name == name && Interlocked.Increment(ref _times) == Armed.Count)
        {
            using var self = Process.GetCurrentProcess();
            self.Kill();
        }
    }

    private static (string? Name, int Count) Read(string? setting) =>
        setting?.Split(':') is [var name, var text] && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var count)
            ? (name, count)
            : (null, 0);
}
