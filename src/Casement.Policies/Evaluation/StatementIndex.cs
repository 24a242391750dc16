namespace Casement.Policies;

/// <summary>
/// The statements of one effect, found by resource or action. Large documents are cut by exact resource, and what has
/// no such by exact action and by service, so that a question looks only at statements that may be about it;
/// candidates come in the document's order.
/// </summary>
internal sealed class StatementIndex
{
    private const int LinearMax = 8;
    private static readonly int[] Nothing = [];

    private readonly CompiledStatement[] statements;
    private readonly int[] everywhere;
    private readonly Dictionary<string, int[]>? byResource;
    private readonly Dictionary<string, int[]>? byAction;
    private readonly Dictionary<string, int[]>? byService;

    public StatementIndex(CompiledStatement[] statements)
    {
        this.statements = statements;
        if (statements.Length <= LinearMax)
        {
            everywhere = [.. Enumerable.Range(0, statements.Length)];
            return;
        }

        var all = new List<int>();
        var resources = new Dictionary<string, List<int>>(StringComparer.Ordinal);
        var actions = new Dictionary<string, List<int>>(StringComparer.OrdinalIgnoreCase);
        var services = new Dictionary<string, List<int>>(StringComparer.OrdinalIgnoreCase);
        for (var i = 0; i < statements.Length; i++)
        {
            if (statements[i].ExactResources is { } exact)
            {
                exact.ForEach(resource => Add(resources, resource, i));
            }
            else
            {
                File(statements[i], i, all, actions, services);
            }
        }

        everywhere = [.. all];
        byResource = Frozen(resources);
        byAction = Frozen(actions);
        byService = Frozen(services);
    }

    public bool IsEmpty => statements.Length == 0;

    public Candidates For(AccessRequest request)
    {
        var resource = byResource?.GetValueOrDefault(request.Resource, Nothing) ?? Nothing;
        var action = byAction?.GetValueOrDefault(request.Action, Nothing) ?? Nothing;
        var service = Nothing;
        if (byService is not null)
        {
            var name = request.Action.AsSpan(0, request.ServiceLength);
            var services = byService.GetAlternateLookup<ReadOnlySpan<char>>();
            service = services.TryGetValue(name, out var found) ? found : Nothing;
        }

        return new Candidates(statements, everywhere, service, action, resource);
    }

    private static void File(
        CompiledStatement statement, int index, List<int> all,
        Dictionary<string, List<int>> actions, Dictionary<string, List<int>> services)
    {
        foreach (var pattern in statement.Actions)
        {
            if (statement.ExceptsActions || pattern.Service is null)
            {
                all.Add(index);
                return;
            }
        }

        foreach (var pattern in statement.Actions)
        {
            var place = pattern.IsExact ? actions : services;
            var key = pattern.IsExact ? pattern.Source : pattern.Service!;
            Add(place, key, index);
        }
    }

    private static void Add(Dictionary<string, List<int>> place, string key, int index)
    {
        if (!place.TryGetValue(key, out var list))
        {
            place[key] = list = [];
        }

        if (list.Count == 0 || list[^1] != index)
        {
            list.Add(index);
        }
    }

    /// <summary>Null when empty, so that nothing is looked up there.</summary>
    private static Dictionary<string, int[]>? Frozen(Dictionary<string, List<int>> lists) =>
        lists.Count == 0 ? null : lists.ToDictionary(l => l.Key, l => l.Value.ToArray(), lists.Comparer);

    /// <summary>Four ascending lists walked as one, without repeats and without allocation.</summary>
    internal ref struct Candidates(CompiledStatement[] statements, int[] first, int[] second, int[] third, int[] fourth)
    {
        private int a;
        private int b;
        private int c;
        private int d;

        public CompiledStatement Current { get; private set; } = null!;

        public readonly Candidates GetEnumerator() => this;

        public bool MoveNext()
        {
            var x = a < first.Length ? first[a] : int.MaxValue;
            var y = b < second.Length ? second[b] : int.MaxValue;
            var z = c < third.Length ? third[c] : int.MaxValue;
            var w = d < fourth.Length ? fourth[d] : int.MaxValue;
            var next = Math.Min(Math.Min(x, w), Math.Min(y, z));
            if (next == int.MaxValue)
            {
                return false;
            }

            a += x == next ? 1 : 0;
            b += y == next ? 1 : 0;
            c += z == next ? 1 : 0;
            d += w == next ? 1 : 0;
            Current = statements[next];
            return true;
        }
    }
}
