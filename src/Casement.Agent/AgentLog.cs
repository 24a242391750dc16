using System.Collections.Concurrent;
using Casement.Aws.Nodes;

namespace Casement.Agent;

/// <summary>Plain lines on standard error, each with its instant.</summary>
internal sealed class AgentLog(TextWriter writer, TimeProvider clock, bool verbose)
{
    private readonly ConcurrentDictionary<string, string> _troubles = new(StringComparer.Ordinal);
    private readonly Lock _oneAtATime = new();

    internal void Say(string text)
    {
        lock (_oneAtATime)
        {
            writer.WriteLine($"{NodeInstant.Format(clock.GetUtcNow())} casement-agent: {text}");
            writer.Flush();
        }
    }

    internal void Detail(string text)
    {
        if (verbose)
        {
            Say(text);
        }
    }

    /// <summary>Says a trouble once, however often it is met, until it changes or is over.</summary>
    internal void Trouble(string subject, string text)
    {
        var before = _troubles.GetValueOrDefault(subject);
        _troubles[subject] = text;
        if (before != text)
        {
            Say(text);
        }
    }

    internal void Over(string subject, string text)
    {
        if (_troubles.TryRemove(subject, out _))
        {
            Say(text);
        }
    }
}
