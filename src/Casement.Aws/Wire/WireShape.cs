using System.Collections;
using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Text.Json;

namespace Casement.Aws.Wire;

/// <summary>What a member holds.</summary>
internal abstract record WireType
{
    private protected WireType() { }

    public sealed record Scalar(ScalarKind Kind) : WireType;

    public sealed record Structure(Type Type) : WireType;

    public sealed record Items(Type ItemType, WireType Item) : WireType;

    public sealed record Entries(Type ValueType, WireType Value) : WireType;
}

internal enum ScalarKind
{
    Text = 1,
    Boolean = 2,
    Integer = 3,
    Long = 4,
    Double = 5,
    Number = 6,
    Timestamp = 7,
    Blob = 8,
}

/// <summary>The members of a request or reply record, read once a type.</summary>
[RequiresUnreferencedCode(Reason)]
[RequiresDynamicCode(Reason)]
internal sealed class WireShape
{
    internal const string Reason = "Reads the properties of wire records by reflection.";
    private static readonly ConcurrentDictionary<Type, WireShape> Known = new();
    private readonly FrozenDictionary<string, WireMember> byName;

    private WireShape(Type type)
    {
        Type = type;
        Members = [.. type.GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .Where(property => property.CanWrite && property.GetIndexParameters().Length == 0)
            .OrderBy(property => property.MetadataToken)
            .Select(property => new WireMember(property))];
        byName = Members.ToFrozenDictionary(member => member.Name, StringComparer.Ordinal);
    }

    public Type Type { get; }

    /// <summary>In order of declaration.</summary>
    public IReadOnlyList<WireMember> Members { get; }

    public static WireShape Of(Type type) => Known.GetOrAdd(type, static key => new WireShape(key));

    public WireMember? Find(string name) => byName.GetValueOrDefault(name);

    public object Create() => Activator.CreateInstance(Type)!;

    public static WireType TypeOf(Type type)
    {
        var bare = Nullable.GetUnderlyingType(type) ?? type;
        if (ScalarOf(bare) is { } kind)
        {
            return new WireType.Scalar(kind);
        }

        if (bare.IsGenericType)
        {
            var definition = bare.GetGenericTypeDefinition();
            var arguments = bare.GetGenericArguments();
            if (definition == typeof(IReadOnlyList<>))
            {
                return new WireType.Items(arguments[0], TypeOf(arguments[0]));
            }

            if (definition == typeof(IReadOnlyDictionary<,>) && arguments[0] == typeof(string))
            {
                return new WireType.Entries(arguments[1], TypeOf(arguments[1]));
            }
        }

        return bare.IsClass && bare.Namespace?.StartsWith("System", StringComparison.Ordinal) != true
            ? new WireType.Structure(bare)
            : throw new NotSupportedException($"{type} cannot be a member of a wire record.");
    }

    /// <summary>A list as the property wants it: an array is an IReadOnlyList of its element.</summary>
    public static Array ToArray(Type itemType, List<object> items)
    {
        var array = Array.CreateInstance(itemType, items.Count);
        for (var index = 0; index < items.Count; index++)
        {
            array.SetValue(items[index], index);
        }

        return array;
    }

    public static IDictionary CreateMap(Type valueType)
        => (IDictionary)Activator.CreateInstance(
            typeof(Dictionary<,>).MakeGenericType(typeof(string), valueType), StringComparer.Ordinal)!;

    /// <summary>The pairs of a map of any implementation, in its own order.</summary>
    public static IEnumerable<(string Key, object Value)> Entries(object map)
    {
        if (map is IDictionary known)
        {
            foreach (DictionaryEntry entry in known)
            {
                yield return ((string)entry.Key, entry.Value!);
            }

            yield break;
        }

        foreach (var pair in (IEnumerable)map)
        {
            var type = pair.GetType();
            yield return ((string)type.GetProperty("Key")!.GetValue(pair)!, type.GetProperty("Value")!.GetValue(pair)!);
        }
    }

    private static ScalarKind? ScalarOf(Type type) => type switch
    {
        _ when type == typeof(string) => ScalarKind.Text,
        _ when type == typeof(bool) => ScalarKind.Boolean,
        _ when type == typeof(int) => ScalarKind.Integer,
        _ when type == typeof(long) => ScalarKind.Long,
        _ when type == typeof(double) => ScalarKind.Double,
        _ when type == typeof(decimal) => ScalarKind.Number,
        _ when type == typeof(DateTimeOffset) => ScalarKind.Timestamp,
        _ when type == typeof(byte[]) => ScalarKind.Blob,
        _ => null,
    };
}

/// <summary>One member: its name, how to reach it, what it may hold.</summary>
[RequiresUnreferencedCode(WireShape.Reason)]
[RequiresDynamicCode(WireShape.Reason)]
internal sealed class WireMember
{
    private readonly PropertyInfo property;

    public WireMember(PropertyInfo property)
    {
        this.property = property;
        Name = property.GetCustomAttribute<WireNameAttribute>()?.Name ?? property.Name;
        EncodedName = JsonEncodedText.Encode(Name);
        Type = WireShape.TypeOf(property.PropertyType);
        Sensitive = property.IsDefined(typeof(SensitiveAttribute));
        Rules = MemberRules.Of(property);
    }

    public string Name { get; }

    public JsonEncodedText EncodedName { get; }

    public WireType Type { get; }

    public bool Sensitive { get; }

    public MemberRules Rules { get; }

    public object? Get(object owner) => property.GetValue(owner);

    public void Set(object owner, object? value) => property.SetValue(owner, value);
}
