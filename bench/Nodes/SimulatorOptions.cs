using System.Globalization;
using System.Net;

namespace Casement.Bench.Nodes;

/// <summary>How simulated nodes behave.</summary>
/// <param name="Server">Where the server listens: plain HTTP.</param>
/// <param name="Nodes">The node list.</param>
/// <param name="Region">The region that requests are signed for.</param>
/// <param name="Failing">The share of runs that fail, from 0 to 1.</param>
/// <param name="Run">How long a run takes; while it does, the node polls on.</param>
/// <param name="OutputBytes">How much a run prints.</param>
/// <param name="Progress">Whether a node says by a reply that a command arrived, as agents do, before it acknowledges.</param>
/// <param name="Heartbeat">How often a node describes itself.</param>
/// <param name="Say">After how many answered commands, each time, a line is printed.</param>
internal sealed record SimulatorOptions(
    IPEndPoint Server, string Nodes, string Region, double Failing, TimeSpan Run, int OutputBytes, bool Progress, TimeSpan Heartbeat, int Say)
{
    public const string Usage =
        """
        simulate-nodes --server HOST:PORT --nodes FILE [--region us-east-1] [--failing 0.05] [--run-ms 200] [--output-bytes 20]
                       [--progress] [--heartbeat-seconds 300] [--say 1000]
        FILE has a line for each node: id, access key id, secret, session token, apart by tabs. Prints "polling N" once all nodes poll, "answered N" after every
        so many commands. Ends when its standard input does, with a line of counts; exit code 1 when it saw an error.
        """;

    /// <exception cref="FormatException">An option is unknown, or a value impossible.</exception>
    public static SimulatorOptions Parse(IReadOnlyList<string> arguments)
    {
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        for (var i = 0; i < arguments.Count; i++)
        {
            values[arguments[i]] = arguments[i] == "--progress" ? "" : ++i < arguments.Count ? arguments[i] : throw new FormatException(Usage);
        }

        string Take(string option, string? otherwise) =>
            values.Remove(option, out var value) ? value : otherwise ?? throw new FormatException($"{option} is missing.\n{Usage}");

        double Number(string option, double otherwise) =>
            double.Parse(Take(option, otherwise.ToString(CultureInfo.InvariantCulture)), CultureInfo.InvariantCulture);

        var options = new SimulatorOptions(
            IPEndPoint.Parse(Take("--server", null)), Take("--nodes", null), Take("--region", "us-east-1"), Number("--failing", 0),
            TimeSpan.FromMilliseconds(Number("--run-ms", 0)), (int)Number("--output-bytes", 20), values.Remove("--progress"),
            TimeSpan.FromSeconds(Number("--heartbeat-seconds", 300)), (int)Number("--say", 1000));
        return values.Count == 0 ? options : throw new FormatException($"Unknown: {string.Join(", ", values.Keys)}.\n{Usage}");
    }
}
