namespace Casement.Simulation.Tests.Machinery;

/// <summary>Repeatable chance: SplitMix64 from a seed.</summary>
internal sealed class Dice(ulong seed)
{
    private ulong _state = seed;

    public int Below(int bound) => (int)(Next() % (ulong)bound);

    /// <summary>From one number to another, both included.</summary>
    public int Between(int least, int most) => least + Below(most - least + 1);

    public bool Chance(int percent) => Below(100) < percent;

    /// <summary>With so many in ten thousand.</summary>
    public bool Rare(int tenThousandths) => tenThousandths > 0 && Below(10_000) < tenThousandths;

    public T Pick<T>(IReadOnlyList<T> from) => from[Below(from.Count)];

    /// <summary>Small numbers often, large ones seldom.</summary>
    public long Milliseconds(long most) => Below(4) switch
    {
        0 => Below(20),
        1 => Below((int)Math.Min(most, 2_000) + 1),
        _ => (long)(Next() % (ulong)(most + 1)),
    };

    public void Fill(Span<byte> bytes)
    {
        foreach (ref var b in bytes)
        {
            b = (byte)(Next() & 0xFF);
        }
    }

    private ulong Next()
    {
        unchecked
        {
            _state += 0x9E3779B97F4A7C15;
            var z = _state;
            z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
            z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
            return z ^ (z >> 31);
        }
    }
}
