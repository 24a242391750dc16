using Casement.Tests;

namespace Casement.Simulation.Tests;

/// <summary>The bugs that <c>planted</c> plants. Not among the tests that look for them: it fails wherever one is planted.</summary>
public sealed class PlantedTests
{
    [Fact]
    public void Every_planted_bug_still_fits_the_sources()
    {
        var patches = PlantedPatch.Of("Simulation");
        Assert.True(patches.Count >= 10);
        Assert.All(patches, p => Assert.Null(PlantedPatch.FirstMismatch(p)));
    }
}
