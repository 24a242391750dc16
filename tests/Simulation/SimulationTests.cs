using System.Globalization;
using System.Security.Cryptography;
using Casement.Simulation.Tests.Machinery;
using Casement.Tests;

namespace Casement.Simulation.Tests;

public sealed class SimulationTests
{
    private const int Runs = 2_000;
    private const ulong FirstSeed = 1;

    [Fact]
    public void Two_thousand_seeds_find_nothing_that_must_not_happen()
    {
        var first = Soak.Factor == 1 ? FirstSeed : BitConverter.ToUInt32(RandomNumberGenerator.GetBytes(4));
        TestContext.Current.TestOutputHelper?.WriteLine(string.Create(CultureInfo.InvariantCulture, $"seeds from {first}"));
        var found = Seeds.First(first, Soak.Times(Runs));
        Assert.True(found is null, found?.Report());
    }

    [Theory]
    [InlineData(7)]
    [InlineData(1234)]
    [InlineData(99_999)]
    public void The_same_seed_is_the_same_run(int seed)
    {
        Assert.Equal(Seeds.Run((ulong)seed).History, Seeds.Run((ulong)seed).History);
        Assert.NotEqual(Seeds.Run((ulong)seed).History, Seeds.Run((ulong)seed + 1).History);
    }

    [Fact]
    public void A_seed_can_be_asked_for()
    {
        if (!ulong.TryParse(Environment.GetEnvironmentVariable("CASEMENT_SIMULATION_SEED"), NumberStyles.None, CultureInfo.InvariantCulture, out var seed))
        {
            return;
        }

        var run = Seeds.Run(seed);
        TestContext.Current.TestOutputHelper?.WriteLine(run.History);
        Assert.True(run.Violation is null, run.Violation?.ToString());
    }
}
