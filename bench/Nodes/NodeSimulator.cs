namespace Casement.Bench.Nodes;

/// <summary>Many nodes in one process that is not the server's: <see cref="SimulatorOptions.Usage"/>.</summary>
internal static class NodeSimulator
{
    // as many begin at once; the rest follow as these have sent their first poll
    private const int Beginning = 64;

    public static async Task<int> Run(IReadOnlyList<string> arguments)
    {
        SimulatorOptions options;
        IReadOnlyList<NodeIdentity> list;
        try
        {
            options = SimulatorOptions.Parse(arguments);
            list = NodeIdentity.ReadAll(options.Nodes);
        }
        catch (Exception e) when (e is FormatException or IOException)
        {
            await Console.Error.WriteLineAsync(e.Message);
            return 2;
        }

        var counts = new Counts();
        using var stop = new CancellationTokenSource();
        var nodes = list.Select((node, number) => new SimulatedNode(node, number, options, counts, Say)).ToList();
        var lives = new List<Task>(nodes.Count);
        using var begin = new SemaphoreSlim(Beginning);
        foreach (var node in nodes)
        {
            await begin.WaitAsync();
            lives.Add(Task.Run(() => node.Live(() => begin.Release(), stop.Token)));
        }

        for (var i = 0; i < Beginning; i++)
        {
            await begin.WaitAsync();
        }

        Console.WriteLine($"polling {nodes.Count}");
        await Console.In.ReadToEndAsync();
        await stop.CancelAsync();
        await Task.WhenAll(lives);
        nodes.ForEach(node => node.Dispose());
        Console.WriteLine(counts);
        return counts.Errors == 0 ? 0 : 1;

        void Say(long answered)
        {
            if (answered % options.Say == 0)
            {
                Console.WriteLine($"answered {answered}");
            }
        }
    }
}
