using System.Text.Json.Nodes;
using Casement.Tests.PolicyOracle;

namespace Casement.Policies.Tests;

/// <summary>Makes a question smaller as long as something about it stays true.</summary>
internal static class Shrinking
{
    public static Ask Smallest(Ask ask, Func<Ask, bool> isStill)
    {
        while (Smaller(ask).FirstOrDefault(isStill) is { } smaller)
        {
            ask = smaller;
        }

        return ask;
    }

    private static IEnumerable<Ask> Smaller(Ask ask) =>
    [
        .. Without(ask.Identity).Select(i => ask with { Identity = i }),
        .. Without(ask.Session).Select(s => ask with { Session = s }),
        .. ask.Boundary is null ? Array.Empty<Ask>() : [ask with { Boundary = null }],
        .. ask.Own is null || ask.OwnIsTrust ? Array.Empty<Ask>() : [ask with { Own = null }],
        .. Without(ask.Facts).Select(f => ask with { Facts = f }),
        .. ask.Identity.SelectMany((d, i) => SmallerDocuments(d).Select(s => ask with { Identity = [.. ask.Identity.Select((x, j) => j == i ? s : x)] })),
        .. ask.Session.SelectMany((d, i) => SmallerDocuments(d).Select(s => ask with { Session = [.. ask.Session.Select((x, j) => j == i ? s : x)] })),
        .. SmallerDocuments(ask.Boundary).Select(d => ask with { Boundary = d }),
        .. SmallerDocuments(ask.Own).Select(d => ask with { Own = d }),
    ];

    private static IEnumerable<List<T>> Without<T>(IReadOnlyList<T> list) =>
        Enumerable.Range(0, list.Count).Select(i => list.Where((_, j) => j != i).ToList());

    /// <summary>A statement, a condition, or an entry of a list less.</summary>
    private static List<string> SmallerDocuments(string? json)
    {
        var found = new List<string>();
        if (json is null)
        {
            return found;
        }

        var root = JsonNode.Parse(json)!;
        foreach (var path in Places(root).ToList())
        {
            var copy = JsonNode.Parse(json)!;
            var parent = path[..^1].Aggregate(copy, (node, step) => step is int i ? node[i]! : node[(string)step]!);
            if (parent is JsonArray { Count: > 1 } array)
            {
                array.RemoveAt((int)path[^1]);
            }
            else if (parent is JsonObject one && path is [.., "Condition", _] or [.., "Condition", _, _] or [.., "Condition"] or ["Version"])
            {
                one.Remove((string)path[^1]);
            }
            else
            {
                continue;
            }

            found.Add(copy.ToJsonString());
        }

        return found;
    }

    private static IEnumerable<object[]> Places(JsonNode? node) => node switch
    {
        JsonObject one => one.SelectMany(p => Places(p.Value).Select(rest => (object[])[p.Key, .. rest]).Prepend([p.Key])),
        JsonArray array => array.SelectMany((v, i) => Places(v).Select(rest => (object[])[i, .. rest]).Prepend([i])),
        _ => [],
    };
}
