namespace Casement.Policies;

/// <summary>
/// The statements of one effect, found by action. Large documents are cut by exact action and by service, so that a
/// question looks only at statements that may be about it; candidates come in the document's order.
/// </summary>
internal sealed class StatementIndex
{
    private const int LinearMax = 8;
    private static readonly int[] Nothing = [];

    private readonly CompiledStatement[] statements;
    private readonly int[] everywhere;
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
        var actions = new Dictionary<string, List<int>>(StringComparer.OrdinalIgnoreCase);
        var services = new Dictionary<string, List<int>>(StringComparer.OrdinalIgnoreCase);
        for (var i = 0; i < statements.Length; i++)
        {
            File(statements[i], i, all, actions, services);
        }

        everywhere = [.. all];
        byAction = Frozen(actions);
        byService = Frozen(services);
    }

    public bool IsEmpty => statements.Length == 0;

    public Candidates For(AccessRequest request)
    {
        var action = Nothing;
        var service = Nothing;
        if (byAction is not null && byService is not null)
        {
            action = byAction.GetValueOrDefault(request.Action, Nothing);
            var name = request.Action.AsSpan(0, request.ServiceLength);
            var services = byService.GetAlternateLookup<ReadOnlySpan<char>>();
            service = services.TryGetValue(name, out var found) ? found : Nothing;
        }

        return new Candidates(statements, everywhere, service, action);
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
            if (!place.TryGetValue(key, out var list))
            {
                place[key] = list = [];
            }

            if (list.Count == 0 || list[^1] != index)
            {
                list.Add(index);
            }
        }
    }

    private static Dictionary<string, int[]> Frozen(Dictionary<string, List<int>> lists) =>
        lists.ToDictionary(l => l.Key, l => l.Value.ToArray(), StringComparer.OrdinalIgnoreCase);

    /// <summary>Three ascending lists walked as one, without repeats and without allocation.</summary>
    internal ref struct Candidates(CompiledStatement[] statements, int[] first, int[] second, int[] third)
    {
        private int a;
        private int b;
        private int c;

        public CompiledStatement Current { get; private set; } = null!;

        public readonly Candidates GetEnumerator() => this;

        public bool MoveNext()
        {
            var x = a < first.Length ? first[a] : int.MaxValue;
            var y = b < second.Length ? second[b] : int.MaxValue;
            var z = c < third.Length ? third[c] : int.MaxValue;
            var next = Math.Min(x, Math.Min(y, z));
            if (next == int.MaxValue)
            {
                return false;
            }

            a += x == next ? 1 : 0;
            b += y == next ? 1 : 0;
            c += z == next ? 1 : 0;
            Current = statements[next];
            return true;
        }
    }
}
