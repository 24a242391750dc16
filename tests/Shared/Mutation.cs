using System.Text;

namespace Casement.Tests;

/// <summary>Random damage to a text: what is cut, doubled, moved, or put in from a list of pieces that have done harm before.</summary>
internal static class Mutation
{
    public static string Of(string text, IReadOnlyList<string> corpus, IReadOnlyList<string> pieces, Dice dice)
    {
        var result = new StringBuilder(text);
        for (var rounds = 1 + dice.Next(4); rounds > 0; rounds--)
        {
            var at = dice.Next(result.Length + 1);
            var length = Math.Min(dice.Next(8) == 0 ? dice.Next(result.Length + 1) : dice.Next(6), result.Length - at);
            switch (dice.Next(7))
            {
                case 0:
                    result.Remove(at, length);
                    break;
                case 1:
                    result.Insert(at, result.ToString(at, length));
                    break;
                case 2:
                    result.Insert(at, dice.Of(pieces));
                    break;
                case 3 when length > 0:
                    result[at] = (char)dice.Next(dice.Percent(80) ? 128 : 0x10000);
                    break;
                case 4:
                    var other = dice.Of(corpus);
                    var from = dice.Next(other.Length + 1);
                    result.Insert(at, other.AsSpan(from, Math.Min(dice.Next(40), other.Length - from)));
                    break;
                case 5:
                    result.Insert(at, string.Concat(Enumerable.Repeat(dice.Of(pieces), 1 + dice.Next(60))));
                    break;
                default:
                    var piece = result.ToString(at, length);
                    result.Remove(at, length).Insert(dice.Next(result.Length + 1), piece);
                    break;
            }
        }

        return result.ToString();
    }
}
