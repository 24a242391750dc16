namespace Casement.Policies;

/// <summary>
/// What is known about a request: condition keys with their values. Keys are compared without regard to case. A key
/// with one value and a key that is a list by nature (such as <c>aws:TagKeys</c>, even when it holds one entry) are
/// different things to the policy language. Fill it before the first decision; after that any thread may read it.
/// </summary>
public sealed class ConditionContext
{
    private readonly ConditionContext? under;
    private readonly bool isFrozen;
    private int[] hashes = [];
    private ContextEntry[] entries = [];
    private int count;

    /// <summary>A context in which every key is absent.</summary>
    public ConditionContext()
    {
    }

    private ConditionContext(ConditionContext? under, bool isFrozen)
    {
        this.under = under;
        this.isFrozen = isFrozen;
    }

    /// <summary>Every key is absent; it cannot be filled.</summary>
    public static ConditionContext Empty { get; } = new(null, isFrozen: true);

    /// <summary>All keys with their values, those of the layers below included unless replaced.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> Entries
    {
        get
        {
            var all = new Dictionary<string, IReadOnlyList<string>>(StringComparer.OrdinalIgnoreCase);
            for (var layer = this; layer is not null; layer = layer.under)
            {
                for (var i = 0; i < layer.count; i++)
                {
                    all.TryAdd(layer.entries[i].Key, layer.entries[i].Values);
                }
            }

            return all;
        }
    }

    /// <summary>
    /// A context on top of this one: what is added to it hides this one's keys. For one call on several resources,
    /// which differ in a few keys only.
    /// </summary>
    public ConditionContext Layer() => new(this, isFrozen: false);

    /// <summary>Sets a key that has one value by nature; null leaves the key absent.</summary>
    public ConditionContext Add(string key, string? value)
    {
        ArgumentNullException.ThrowIfNull(key);
        if (value is not null)
        {
            Put(new ContextEntry(key, value, null));
        }

        return this;
    }

    /// <summary>Sets a key that is a list by nature. An empty list is an absent key.</summary>
    public ConditionContext AddMany(string key, IReadOnlyList<string> values)
    {
        ArgumentNullException.ThrowIfNull(key);
        ArgumentNullException.ThrowIfNull(values);
        Put(new ContextEntry(key, "", values));
        return this;
    }

    internal static int Hash(string key) => string.GetHashCode(key, StringComparison.OrdinalIgnoreCase);

    internal bool TryFind(string key, int hash, out ContextEntry entry)
    {
        for (var layer = this; layer is not null; layer = layer.under)
        {
            if (layer.TryFindOwn(key, hash, out var index))
            {
                entry = layer.entries[index];
                return entry.Many is not { Count: 0 };
            }
        }

        entry = default;
        return false;
    }

    internal string? SingleValue(string key) =>
        TryFind(key, Hash(key), out var entry) && entry.Many is null ? entry.One : null;

    private bool TryFindOwn(string key, int hash, out int index)
    {
        var known = hashes.AsSpan(0, count);
        for (index = known.IndexOf(hash); index >= 0 && index < count; index++)
        {
            if (known[index] == hash && entries[index].Key.Equals(key, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        return false;
    }

    private void Put(ContextEntry entry)
    {
        if (isFrozen)
        {
            throw new InvalidOperationException("The empty context cannot be filled; make a new one.");
        }

        var hash = Hash(entry.Key);
        if (TryFindOwn(entry.Key, hash, out var index))
        {
            entries[index] = entry;
            return;
        }

        if (count == entries.Length)
        {
            var size = Math.Max(8, count * 2);
            Array.Resize(ref entries, size);
            Array.Resize(ref hashes, size);
        }

        entries[count] = entry;
        hashes[count++] = hash;
    }
}

/// <summary>A key with one value, or, if <see cref="Many"/> is there, with a list.</summary>
internal readonly struct ContextEntry(string key, string one, IReadOnlyList<string>? many)
{
    public string Key { get; } = key;

    public string One { get; } = one;

    public IReadOnlyList<string>? Many { get; } = many;

    public IReadOnlyList<string> Values => Many ?? [One];
}
