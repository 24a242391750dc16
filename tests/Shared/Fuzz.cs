using System.Globalization;
using System.Text;

namespace Casement.Tests;

/// <summary>
/// Sends the texts of a corpus through a program, first as they are, then spoiled, and asks of each answer whether it may be one.
/// What fails is made as small as it can be and printed with its seed; it belongs into <c>tests/Data/corpora</c> afterwards.
/// CASEMENT_FUZZ_SEED repeats a run.
/// </summary>
internal sealed class Fuzz
{
    // nothing is measured by it: it ends a case that would never end
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private const int ShrinkMax = 3000;
    private readonly string _name;
    private readonly byte[][] _words;

    /// <param name="name">The folder of the corpus.</param>
    /// <param name="words">What mutations put in, beside bytes.</param>
    public Fuzz(string name, params string[] words)
    {
        _name = name;
        _words = [.. words.Select(Encoding.UTF8.GetBytes)];
        var folder = Path.Combine(AppContext.BaseDirectory, "corpora", name);
        Corpus = [.. Directory.EnumerateFiles(folder).Order(StringComparer.Ordinal).Select(file => (Path.GetFileName(file), File.ReadAllBytes(file)))];
    }

    public IReadOnlyList<(string Name, byte[] Text)> Corpus { get; private set; }

    /// <summary>Puts what only a running server knows in place of <c>${name}</c>.</summary>
    public Fuzz With(IReadOnlyDictionary<string, string> values)
    {
        Corpus = [.. Corpus.Select(entry => (entry.Name, Encoding.UTF8.GetBytes(
            values.Aggregate(Encoding.UTF8.GetString(entry.Text), (text, value) => text.Replace($"${{{value.Key}}}", value.Value, StringComparison.Ordinal)))))];
        return this;
    }

    /// <param name="times">How many spoiled texts.</param>
    /// <param name="faultOf">What is wrong with the answer to a text; null when nothing is. An exception is wrong too.</param>
    /// <param name="make">Makes a text where a corpus is not enough; null takes one of the corpus.</param>
    public void Run(int times, Func<byte[], string?> faultOf, Func<Dice, byte[]?>? make = null)
    {
        foreach (var (name, text) in Corpus)
        {
            if (FaultOf(faultOf, text) is { } fault)
            {
                Assert.Fail($"{_name}/{name}: {fault}");
            }
        }

        var seed = ulong.TryParse(Environment.GetEnvironmentVariable("CASEMENT_FUZZ_SEED"), NumberStyles.None, CultureInfo.InvariantCulture, out var given)
            ? given
            : Dice.NewSeed();
        for (var time = 0; time < times; time++)
        {
            var dice = new Dice(seed + ((ulong)time << 8));
            var text = make?.Invoke(dice) ?? Spoil(Corpus[dice.Next(Corpus.Count)].Text, dice);
            if (FaultOf(faultOf, text) is { } fault)
            {
                var small = Smallest(text, candidate => FaultOf(faultOf, candidate) is not null);
                Assert.Fail($"{fault}\nseed {seed}, case {time}: CASEMENT_FUZZ_SEED={seed}\nfor tests/Data/corpora/{_name}: {Shown(small)}\n{Convert.ToBase64String(small)}");
            }
        }
    }

    /// <summary>One to eight changes, one on top of the other.</summary>
    public byte[] Spoil(byte[] text, Dice dice)
    {
        var bytes = new List<byte>(text);
        for (var left = dice.Next(1, 9); left > 0; left--)
        {
            Change(bytes, dice);
        }

        return [.. bytes];
    }

    private void Change(List<byte> bytes, Dice dice)
    {
        var at = dice.Next(bytes.Count + 1);
        var length = Math.Min(dice.Next(1, dice.Percent(80) ? 5 : 60), bytes.Count - at);
        switch (dice.Next(11))
        {
            case 0 when at < bytes.Count:
                bytes[at] ^= (byte)(1 << dice.Next(8));
                break;
            case 1 when at < bytes.Count:
                bytes[at] = (byte)dice.Next(256);
                break;
            case 2:
                bytes.RemoveRange(at, length);
                break;
            case 3:
                bytes.InsertRange(at, bytes.GetRange(at, length));
                break;
            case 4:
                bytes.RemoveRange(at, length);
                bytes.InsertRange(at, Word(dice));
                break;
            case 5:
                var other = Corpus[dice.Next(Corpus.Count)].Text;
                var from = dice.Next(other.Length + 1);
                bytes.InsertRange(at, other[from..Math.Min(other.Length, from + dice.Next(1, 80))]);
                break;
            case 6 when dice.Percent(20):
                bytes.RemoveRange(at, bytes.Count - at);
                break;
            case 7 when dice.Percent(20) && length > 0:
                var piece = bytes.GetRange(at, length);
                bytes.InsertRange(at, Enumerable.Repeat(piece, dice.Next(2, 400)).SelectMany(p => p));
                break;
            case 8:
                Renumber(bytes, dice);
                break;
            case 9:
                bytes.InsertRange(at, [.. Enumerable.Range(0, dice.Next(1, 5)).Select(_ => (byte)dice.Next(256))]);
                break;
            default:
                bytes.InsertRange(at, Word(dice));
                break;
        }
    }

    private byte[] Word(Dice dice) => dice.Of(_words);

    /// <summary>Puts another number where digits stand.</summary>
    private static void Renumber(List<byte> bytes, Dice dice)
    {
        var at = bytes.FindIndex(dice.Next(bytes.Count + 1), value => char.IsAsciiDigit((char)value));
        if (at >= 0)
        {
            var end = bytes.FindIndex(at, value => !char.IsAsciiDigit((char)value));
            bytes.RemoveRange(at, (end < 0 ? bytes.Count : end) - at);
            bytes.InsertRange(at, Encoding.ASCII.GetBytes(dice.Of(Numbers)));
        }
    }

    private static readonly string[] Numbers =
    [
        "0", "-1", "1", "00", "2147483647", "2147483648", "-2147483648", "-2147483649", "9223372036854775807", "9223372036854775808", "1e400",
        "1E-400", "0.1", "253402300800", "99999999999999999999999999999999", "1.0", "-0", "62135596800", "999",
    ];

    private static string? FaultOf(Func<byte[], string?> faultOf, byte[] text)
    {
        var work = Task.Run(() =>
        {
            try
            {
                return faultOf(text);
            }
            catch (Exception e)
            {
                return e.ToString();
            }
        });
        return work.Wait(Patience) ? work.GetAwaiter().GetResult() : $"No answer in {Patience.TotalSeconds:0} s.";
    }

    /// <summary>Leaves out pieces, large ones first, as long as it still fails.</summary>
    private static byte[] Smallest(byte[] text, Func<byte[], bool> fails)
    {
        var tries = 0;
        for (var size = Math.Max(1, text.Length / 2); size > 0; size /= 2)
        {
            for (var at = 0; at < text.Length && tries < ShrinkMax; tries++)
            {
                byte[] shorter = [.. text[..at], .. text[Math.Min(text.Length, at + size)..]];
                if (fails(shorter))
                {
                    text = shorter;
                }
                else
                {
                    at += size;
                }
            }
        }

        return text;
    }

    private static string Shown(byte[] text) => string.Concat(text.Take(2000).Select(value =>
        value is >= 32 and < 127 ? ((char)value).ToString() : $"\\x{value:x2}"));
}
