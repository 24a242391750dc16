using System.Collections;
using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Casement.Aws.Wire;

/// <summary>Checks a request against the attributes of its record and words every fault as AWS does.</summary>
[RequiresUnreferencedCode(WireShape.Reason)]
[RequiresDynamicCode(WireShape.Reason)]
public static class Constraints
{
    private const string Absent = "Member must not be null";

    /// <summary>
    /// All faults at once, in order of declaration, each <c>Value 'v' at 'targets.1.member.key' failed to satisfy
    /// constraint: …</c>. Items of a list of strings and keys and values of a map are reported on the list or map.
    /// </summary>
    public static IReadOnlyList<string> Check(object request)
    {
        ArgumentNullException.ThrowIfNull(request);
        List<string> faults = [];
        CheckStructure(request, "", hidden: false, faults);
        return faults;
    }

    /// <exception cref="AwsException">
    /// <c>ValidationException</c> or, for Query services, <c>ValidationError</c>: <c>2 validation errors detected: …; …</c>.
    /// </exception>
    public static void ThrowIfBroken(object request, WireProtocol protocol)
    {
        var faults = Check(request);
        if (faults.Count == 0)
        {
            return;
        }

        var code = protocol switch
        {
            WireProtocol.Json11 => "ValidationException",
            WireProtocol.Query => "ValidationError",
        };
        var count = string.Create(CultureInfo.InvariantCulture, $"{faults.Count} validation error");
        throw new AwsException(
            code, $"{count}{(faults.Count == 1 ? "" : "s")} detected: {string.Join("; ", faults)}");
    }

    private static void CheckStructure(object owner, string prefix, bool hidden, List<string> faults)
    {
        foreach (var member in WireShape.Of(owner.GetType()).Members)
        {
            var path = prefix + LowerCamel(member.Name);
            var value = member.Get(owner);
            if (value is not null)
            {
                CheckMember(member, value, path, hidden || member.Sensitive, faults);
            }
            else if (member.Rules.Required)
            {
                faults.Add(Fault(null, path, hidden, Absent));
            }
        }
    }

    private static void CheckMember(WireMember member, object value, string path, bool hidden, List<string> faults)
    {
        foreach (var sentence in member.Rules.Own.Broken(value))
        {
            faults.Add(Fault(value, path, hidden, sentence));
        }

        if (member.Type is WireType.Entries && Keys(value).Any(key => member.Rules.Key.Broken(key).Any()))
        {
            faults.Add(Fault(value, path, hidden, $"Map keys must satisfy constraint: {member.Rules.Key.All}"));
        }

        if (Leaves(value, member.Type).Any(leaf => member.Rules.Each.Broken(leaf).Any()))
        {
            faults.Add(Fault(value, path, hidden, Wrap(member.Type, member.Rules.Each.All)));
        }

        Descend(value, member.Type, path, hidden, faults);
    }

    private static string Wrap(WireType type, string rules) => type switch
    {
        WireType.Entries { Value: WireType.Items inner } => $"Map value must satisfy constraint: [{Wrap(inner, rules)}]",
        WireType.Entries => $"Map value must satisfy constraint: {rules}",
        WireType.Items { Item: WireType.Items inner } => $"Member must satisfy constraint: [{Wrap(inner, rules)}]",
        _ => $"Member must satisfy constraint: {rules}",
    };

    private static void Descend(object value, WireType type, string path, bool hidden, List<string> faults)
    {
        switch (type)
        {
            case WireType.Scalar:
                break;
            case WireType.Structure:
                CheckStructure(value, $"{path}.", hidden, faults);
                break;
            case WireType.Items items:
                var index = 0;
                foreach (var item in (IEnumerable)value)
                {
                    index++;
                    DescendInto(item, items.Item, string.Create(CultureInfo.InvariantCulture, $"{path}.{index}.member"));
                }

                break;
            case WireType.Entries entries:
                foreach (var (key, item) in WireShape.Entries(value))
                {
                    DescendInto(item, entries.Value, $"{path}.{key}.member");
                }

                break;
            default:
                throw new UnreachableException();
        }

        void DescendInto(object? item, WireType itemType, string itemPath)
        {
            if (item is null)
            {
                faults.Add(Fault(null, itemPath, hidden, Absent));
            }
            else
            {
                Descend(item, itemType, itemPath, hidden, faults);
            }
        }
    }

    private static IEnumerable<string> Keys(object map) => WireShape.Entries(map).Select(entry => entry.Key);

    private static IEnumerable<object> Leaves(object value, WireType type) => type switch
    {
        WireType.Items { Item: WireType.Structure } or WireType.Entries { Value: WireType.Structure } => [],
        WireType.Items items => Flatten((IEnumerable)value, items.Item),
        WireType.Entries entries => Flatten(WireShape.Entries(value).Select(entry => entry.Value), entries.Value),
        _ => [],
    };

    private static IEnumerable<object> Flatten(IEnumerable values, WireType type) => values.Cast<object?>()
        .Where(value => value is not null)
        .SelectMany(value => type is WireType.Scalar ? [value!] : Leaves(value!, type));

    private static string Fault(object? value, string path, bool hidden, string sentence)
        => $"Value {(value is null ? "null" : $"'{(hidden ? "***" : Print(value))}'")} at '{path}' failed to satisfy "
            + $"constraint: {sentence}";

    /// <summary>As Java prints: <c>[a, b]</c>, <c>{k=v}</c>.</summary>
    private static string Print(object? value) => value switch
    {
        null => "null",
        string text => text,
        bool flag => flag ? "true" : "false",
        DateTimeOffset instant => instant.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.FFF'Z'", CultureInfo.InvariantCulture),
        byte[] blob => Convert.ToBase64String(blob),
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        IDictionary map => $"{{{string.Join(", ", WireShape.Entries(map).Select(pair => $"{pair.Key}={Print(pair.Value)}"))}}}",
        IEnumerable items => $"[{string.Join(", ", items.Cast<object?>().Select(Print))}]",
        _ => $"{value.GetType().Name}({string.Join(", ", WireShape.Of(value.GetType()).Members
            .Where(member => member.Get(value) is not null)
            .Select(member => $"{LowerCamel(member.Name)}={(member.Sensitive ? "***" : Print(member.Get(value)))}"))})",
    };

    private static string LowerCamel(string name) => char.ToLowerInvariant(name[0]) + name[1..];
}
