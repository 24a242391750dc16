namespace Casement.Tests;

/// <summary>Shows that work grows no faster than what it is given, by counting bytes allocated instead of time.</summary>
internal static class Work
{
    // a constant part and buffers that double are allowed for
    private const double Slack = 1.6;

    /// <summary>
    /// Runs it on inputs of n, 2n and 4n: twice as much input may cost twice as much. Work that allocates nothing shows by taking
    /// for ever, for which the largest size should be one that hurts.
    /// </summary>
    /// <param name="what">For the failure.</param>
    /// <param name="size">n, in whatever unit.</param>
    /// <param name="run">Makes the input of a size; the action returned is what is measured.</param>
    public static void IsLinear(string what, int size, Func<int, Action> run)
    {
        // once beforehand: what is made once a type must not count
        run(size)();
        var (one, two, four) = (Of(run(size)), Of(run(size * 2)), Of(run(size * 4)));
        Assert.True(
            two <= (one * 2 * Slack) + 100_000 && four <= (two * 2 * Slack) + 100_000,
            $"{what}: {one:N0} bytes for {size:N0}, {two:N0} for twice, {four:N0} for four times as much.");
    }

    private static long Of(Action action)
    {
        var watch = Task.Run(() =>
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            action();
            return GC.GetAllocatedBytesForCurrentThread() - before;
        });
        Assert.True(watch.Wait(TimeSpan.FromSeconds(60)), "no end within a minute");
        return watch.GetAwaiter().GetResult();
    }
}
