using System.Collections.Frozen;

namespace Casement.Server.Operations;

/// <summary>All operations by service and name. A name that is not here is answered as unknown, before authentication.</summary>
public sealed class OperationTable
{
    private readonly FrozenDictionary<(string Service, string Name), Operation> _byName;

    public OperationTable(IEnumerable<Operation> operations)
    {
        ArgumentNullException.ThrowIfNull(operations);
        All = [.. operations.OrderBy(o => o.Service.Name, StringComparer.Ordinal).ThenBy(o => o.Name, StringComparer.Ordinal)];
        _byName = All.ToFrozenDictionary(o => (o.Service.Name, o.Name));
    }

    public IReadOnlyList<Operation> All { get; }

    public Operation? Find(Service service, string name)
    {
        ArgumentNullException.ThrowIfNull(service);
        return _byName.GetValueOrDefault((service.Name, name));
    }
}
