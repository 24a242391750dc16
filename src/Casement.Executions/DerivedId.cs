using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Casement.Executions;

/// <summary>What a derived id names.</summary>
public enum ChildKind
{
    /// <summary>A task execution; its parent is the execution.</summary>
    TaskExecution = 1,

    /// <summary>An invocation; its parent is the task execution.</summary>
    Invocation = 2,

    /// <summary>The command of a RUN_COMMAND invocation; its parent is the invocation.</summary>
    Command = 3,
}

/// <summary>
/// Ids of what an execution starts, computed from the parent's id instead of drawn: whoever repeats a step after a
/// crash arrives at the same id and finds the step done. Nothing relies on such an id being secret.
/// </summary>
public static class DerivedId
{
    /// <summary>
    /// The first 16 bytes of SHA-256 over parent id, kind name and decimal ordinal, joined by zero bytes in UTF-8,
    /// with version (4) and variant bits set, in lower case with hyphens.
    /// </summary>
    public static string For(string parentId, ChildKind kind, int ordinal)
    {
        ArgumentException.ThrowIfNullOrEmpty(parentId);
        ArgumentOutOfRangeException.ThrowIfNegative(ordinal);

        var text = string.Create(CultureInfo.InvariantCulture, $"{parentId}\0{NameOf(kind)}\0{ordinal}");
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(text), hash);
        hash[6] = (byte)((hash[6] & 0x0F) | 0x40);
        hash[8] = (byte)((hash[8] & 0x3F) | 0x80);
        return new Guid(hash[..16], bigEndian: true).ToString("D");
    }

    // Part of stored ids: never rename.
    private static string NameOf(ChildKind kind) => kind switch
    {
        ChildKind.TaskExecution => "task-execution",
        ChildKind.Invocation => "invocation",
        ChildKind.Command => "command",
    };
}
