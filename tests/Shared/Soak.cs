using System.Globalization;

namespace Casement.Tests;

/// <summary>How often a random test goes: once as told, or N times as much under <c>./test --soak N</c>.</summary>
internal static class Soak
{
    /// <summary>The N of <c>--soak N</c>; 1 without it.</summary>
    public static int Factor { get; } =
        int.TryParse(Environment.GetEnvironmentVariable("CASEMENT_SOAK"), NumberStyles.None, CultureInfo.InvariantCulture, out var n) && n > 0 ? n : 1;

    /// <summary><paramref name="ordinary"/> times the factor.</summary>
    public static int Times(int ordinary) => ordinary * Factor;
}
