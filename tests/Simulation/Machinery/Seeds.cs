namespace Casement.Simulation.Tests.Machinery;

/// <summary>One run and what came of it.</summary>
internal sealed record Outcome(ulong Seed, Violation? Violation, string History, long Steps)
{
    private const int LinesMax = 400;

    public string Report() =>
        $"""
        seed {Seed}
        rule {Violation!.Rule}
        {Violation.Message}
        CASEMENT_SIMULATION_SEED={Seed} runs this one alone and shows all of it. What happened last:
        {string.Join('\n', History.Split('\n').TakeLast(LinesMax))}
        """;
}

/// <summary>Runs seeds, each on one thread from its beginning to its end, on as many threads as there are processors.</summary>
internal static class Seeds
{
    public static Outcome Run(ulong seed)
    {
        Outcome? outcome = null;
        var thread = new Thread(() => outcome = RunHere(seed));
        thread.Start();
        thread.Join();
        return outcome!;
    }

    /// <summary>Runs until one has found something: that with the smallest seed of those which ran; null when none has.</summary>
    public static Outcome? First(ulong firstSeed, int runs) => Found(firstSeed, runs, until: 1).FirstOrDefault();

    /// <summary>Runs all, and answers those that have found something.</summary>
    public static List<Outcome> All(ulong firstSeed, int runs) => Found(firstSeed, runs, until: int.MaxValue);

    private static List<Outcome> Found(ulong firstSeed, int runs, int until)
    {
        var gate = new Lock();
        var found = new SortedList<ulong, Outcome>();
        var next = -1;
        List<Thread> threads = [.. Enumerable.Range(0, Environment.ProcessorCount).Select(_ => new Thread(() =>
        {
            while (Volatile.Read(ref next) < runs && Interlocked.Increment(ref next) is var number && number < runs)
            {
                var outcome = RunHere(firstSeed + (ulong)number);
                lock (gate)
                {
                    if (outcome.Violation is not null)
                    {
                        found.Add(outcome.Seed, outcome);
                    }

                    next = found.Count >= until ? runs : next;
                }
            }
        }))];
        threads.ForEach(t => t.Start());
        threads.ForEach(t => t.Join());
        return [.. found.Values];
    }

    private static Outcome RunHere(ulong seed)
    {
        using var simulation = new World.Simulation(seed);
        Violation? violation = null;
        try
        {
            simulation.Run();
        }
        catch (Violation v)
        {
            violation = v;
        }
        catch (Exception e)
        {
            violation = new Violation("no unexpected exception", e.ToString());
        }

        return new Outcome(seed, violation, simulation.History.Text(), simulation.Loop.Steps);
    }
}
