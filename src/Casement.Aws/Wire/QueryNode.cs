using System.Globalization;

namespace Casement.Aws.Wire;

/// <summary>The dotted names of a form as a tree: <c>Tags.member.1.Key</c> is four steps from the root.</summary>
internal sealed class QueryNode
{
    private readonly Dictionary<string, QueryNode> children = new(StringComparer.Ordinal);

    public string? Value { get; private set; }

    public bool IsLeaf => children.Count == 0;

    public static QueryNode Root(QueryParameters parameters)
    {
        var root = new QueryNode();
        foreach (var (name, value) in parameters)
        {
            root.Add(name, value);
        }

        return root;
    }

    public QueryNode? Child(string name) => children.GetValueOrDefault(name);

    /// <summary>The children that are numbers from 1, in order; gaps are allowed, other names are not.</summary>
    public IEnumerable<QueryNode> Numbered(string path)
    {
        List<(int Number, QueryNode Node)> numbered = [];
        foreach (var (name, node) in children)
        {
            if (!int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number < 1
                || name[0] == '0')
            {
                throw QueryParameters.Malformed($"'{path}.{name}': items are numbered from 1.");
            }

            numbered.Add((number, node));
        }

        return numbered.OrderBy(item => item.Number).Select(item => item.Node);
    }

    private void Add(string name, string value)
    {
        var node = this;
        var depth = 0;
        foreach (var range in name.AsSpan().Split('.'))
        {
            if (++depth > 2 * JsonWire.MaxDepth)
            {
                throw QueryParameters.Malformed("A parameter's name is nested too deeply.");
            }

            var part = name[range];
            if (!node.children.TryGetValue(part, out var child))
            {
                node.children[part] = child = new QueryNode();
            }

            node = child;
        }

        node.Value = value;
    }
}
