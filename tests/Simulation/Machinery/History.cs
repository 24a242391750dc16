using System.Globalization;
using System.Text;

namespace Casement.Simulation.Tests.Machinery;

/// <summary>What happened, in order: equal for equal seeds, and what a failing run shows.</summary>
internal sealed class History(Func<long> nowMs)
{
    private readonly List<(long AtMs, string What)> _lines = [];

    public void Say(string what) => _lines.Add((nowMs(), what));

    public string Text(int lastLines = int.MaxValue)
    {
        var text = new StringBuilder();
        foreach (var (atMs, what) in _lines.TakeLast(lastLines))
        {
            text.Append(DateTimeOffset.FromUnixTimeMilliseconds(atMs).ToString("MM-dd'T'HH:mm:ss.fff ", CultureInfo.InvariantCulture)).Append(what).Append('\n');
        }

        return text.ToString();
    }
}
