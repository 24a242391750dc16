using System.Collections.Concurrent;
using Casement.Storage;
using Microsoft.Extensions.Logging;

namespace Casement.Server.Operations;

/// <summary>Names stored rows that cannot be read in the log, each once, so that somebody can mend them.</summary>
public sealed partial class UnreadableRows(ILogger<UnreadableRows> logger)
{
    // more than that is a file that is broken, which the first ones have shown
    private const int Max = 1000;

    private readonly ConcurrentDictionary<string, bool> _said = new(StringComparer.Ordinal);

    public void Say(UnreadableRowException row)
    {
        ArgumentNullException.ThrowIfNull(row);
        if (_said.Count < Max && _said.TryAdd(row.Message, true))
        {
            Unreadable(row.InnerException, row.Kind, row.Id);
        }
    }

    [LoggerMessage(1104, LogLevel.Error, "The stored {Kind} {Id} cannot be read; lists leave it out")]
    private partial void Unreadable(Exception? e, string kind, string id);
}
