using System.Numerics;

namespace Casement.Schedules;

/// <summary>A set of small numbers, 0 to 255, as bits: large enough for the 230 years that cron knows.</summary>
internal readonly record struct ValueSet(ulong Bits0, ulong Bits64, ulong Bits128, ulong Bits192)
{
    public ValueSet With(int value)
    {
        ulong bit = 1UL << (value & 63);
        return (value >> 6) switch
        {
            0 => this with { Bits0 = Bits0 | bit },
            1 => this with { Bits64 = Bits64 | bit },
            2 => this with { Bits128 = Bits128 | bit },
            _ => this with { Bits192 = Bits192 | bit },
        };
    }

    public ValueSet Union(ValueSet other) =>
        new(Bits0 | other.Bits0, Bits64 | other.Bits64, Bits128 | other.Bits128, Bits192 | other.Bits192);

    public bool Contains(int value) => (WordOf(value >> 6) >> (value & 63) & 1) != 0;

    /// <summary>The smallest member at or above a value, or -1.</summary>
    public int FirstFrom(int value)
    {
        for (int word = value >> 6; word < 4; word++)
        {
            int low = word == value >> 6 ? value & 63 : 0;
            ulong bits = WordOf(word) & (ulong.MaxValue << low);
            if (bits != 0)
            {
                return (word << 6) + BitOperations.TrailingZeroCount(bits);
            }
        }

        return -1;
    }

    private ulong WordOf(int word) => word switch { 0 => Bits0, 1 => Bits64, 2 => Bits128, _ => Bits192 };
}
