using System.Buffers;
using System.Collections;
using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Casement.Aws.Wire;

/// <summary>AWS Query: form parameters to request records, reply records to XML.</summary>
[RequiresUnreferencedCode(WireShape.Reason)]
[RequiresDynamicCode(WireShape.Reason)]
public static class QueryWire
{
    /// <summary>Decodes a form body, or the query string of a GET without its question mark.</summary>
    /// <exception cref="AwsException">MalformedQueryString: a bad escape, invalid UTF-8, or a name given twice.</exception>
    public static QueryParameters Parse(ReadOnlySpan<byte> formBody) => new(formBody);

    /// <summary>
    /// Members as <c>Name</c>, lists as <c>Name.member.N</c>, maps as <c>Name.entry.N.key</c> and <c>.value</c> (SNS
    /// also <c>Name</c> and <c>Value</c>); a bare <c>Name=</c> is an empty list or map. Unknown parameters are ignored.
    /// </summary>
    /// <exception cref="AwsException">MalformedInput, naming parameter and value.</exception>
    public static object Read(Type type, QueryParameters parameters)
    {
        ArgumentNullException.ThrowIfNull(type);
        ArgumentNullException.ThrowIfNull(parameters);
        return ReadStructure(WireShape.Of(type), QueryNode.Root(parameters), "");
    }

    /// <summary>
    /// The reply of an action. A null reply writes no result element (operations without output); any record writes
    /// one even if it is empty, since SDKs look for it by name.
    /// </summary>
    public static void WriteReply(
        IBufferWriter<byte> output, string action, string xmlNamespace, object? reply, string requestId)
    {
        var xml = new XmlText(output);
        xml.OpenWithNamespace($"{action}Response", xmlNamespace);
        if (reply is not null)
        {
            xml.Open($"{action}Result");
            WriteStructure(xml, reply);
            xml.Close($"{action}Result");
        }

        xml.Open("ResponseMetadata");
        xml.Element("RequestId", requestId);
        xml.Close("ResponseMetadata");
        xml.Close($"{action}Response");
    }

    /// <summary>The error document; the fault lies with <c>Receiver</c> for a 5xx status, else with <c>Sender</c>.</summary>
    public static void WriteError(IBufferWriter<byte> output, AwsException error, string xmlNamespace, string requestId)
    {
        ArgumentNullException.ThrowIfNull(error);
        var xml = new XmlText(output);
        xml.OpenWithNamespace("ErrorResponse", xmlNamespace);
        xml.Open("Error");
        xml.Element("Type", error.Status >= 500 ? "Receiver" : "Sender");
        xml.Element("Code", error.Code);
        xml.Element("Message", error.Message);
        xml.Close("Error");
        xml.Element("RequestId", requestId);
        xml.Close("ErrorResponse");
    }

    private static object ReadStructure(WireShape shape, QueryNode node, string prefix)
    {
        var result = shape.Create();
        foreach (var member in shape.Members)
        {
            if (node.Child(member.Name) is { } child
                && ReadValue(member.Type, child, prefix + member.Name) is { } value)
            {
                member.Set(result, value);
            }
        }

        return result;
    }

    private static object? ReadValue(WireType type, QueryNode node, string path) => type switch
    {
        WireType.Scalar scalar => node.IsLeaf
            ? ReadScalar(scalar.Kind, node.Value ?? "", path)
            : throw Refuse($"'{path}' is a single value, not a list or structure."),
        WireType.Structure structure => node.IsLeaf
            ? null
            : ReadStructure(WireShape.Of(structure.Type), node, $"{path}."),
        WireType.Items items => ReadItems(items, node, path),
        WireType.Entries entries => ReadEntries(entries, node, path),
        _ => throw new UnreachableException(),
    };

    private static Array ReadItems(WireType.Items items, QueryNode node, string path)
    {
        List<object> read = [];
        foreach (var item in Parts(node, "member", path))
        {
            var itemPath = string.Create(CultureInfo.InvariantCulture, $"{path}.member.{read.Count + 1}");
            read.Add(ReadValue(items.Item, item, itemPath)
                ?? throw Refuse($"'{itemPath}' is a structure and needs members."));
        }

        return WireShape.ToArray(items.ItemType, read);
    }

    private static IDictionary ReadEntries(WireType.Entries entries, QueryNode node, string path)
    {
        var map = WireShape.CreateMap(entries.ValueType);
        foreach (var entry in Parts(node, "entry", path))
        {
            var key = (entry.Child("key") ?? entry.Child("Name"))?.Value
                ?? throw Refuse($"An entry of '{path}' has no key.");
            var value = entry.Child("value") ?? entry.Child("Value");
            var read = value is null ? null : ReadValue(entries.Value, value, $"{path}.{key}");
            if (map.Contains(key))
            {
                throw Refuse($"'{path}' has the key '{key}' more than once.");
            }

            map[key] = read ?? throw Refuse($"The entry '{key}' of '{path}' has no value.");
        }

        return map;
    }

    private static IEnumerable<QueryNode> Parts(QueryNode node, string step, string path)
    {
        if (node.Child(step) is { } parts)
        {
            return parts.Numbered($"{path}.{step}");
        }

        return node.IsLeaf && string.IsNullOrEmpty(node.Value)
            ? []
            : throw Refuse($"'{path}' is written as '{path}.{step}.1'.");
    }

    private static object ReadScalar(ScalarKind kind, string text, string path)
    {
        const NumberStyles Signed = NumberStyles.AllowLeadingSign;
        const NumberStyles Fraction = Signed | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;
        var culture = CultureInfo.InvariantCulture;
        return kind switch
        {
            ScalarKind.Text => text,
            ScalarKind.Boolean => text switch
            {
                "true" => true,
                "false" => false,
                _ => throw Wrong("true or false"),
            },
            ScalarKind.Integer => int.TryParse(text, Signed, culture, out var number) ? number : throw Wrong("an integer"),
            ScalarKind.Long => long.TryParse(text, Signed, culture, out var number) ? number : throw Wrong("an integer"),
            ScalarKind.Double => double.TryParse(text, Fraction, culture, out var number) && double.IsFinite(number)
                ? number
                : throw Wrong("a number"),
            ScalarKind.Number => decimal.TryParse(text, Fraction, culture, out var number) ? number : throw Wrong("a number"),
            ScalarKind.Timestamp => WireTime.TryParse(text, out var instant) ? instant : throw Wrong("an ISO 8601 instant"),
            ScalarKind.Blob => Base64(text) ?? throw Wrong("base64"),
        };

        AwsException Wrong(string wanted) => Refuse($"Value '{text}' at '{path}' is not {wanted}.");
    }

    private static byte[]? Base64(string text)
    {
        var bytes = new byte[text.Length];
        return Convert.TryFromBase64String(text, bytes, out var length) ? bytes[..length] : null;
    }

    private static AwsException Refuse(string text) => new("MalformedInput", text);

    private static void WriteStructure(XmlText xml, object owner)
    {
        foreach (var member in WireShape.Of(owner.GetType()).Members)
        {
            if (member.Get(owner) is { } value)
            {
                xml.Open(member.Name);
                WriteValue(xml, member.Type, value);
                xml.Close(member.Name);
            }
        }
    }

    private static void WriteValue(XmlText xml, WireType type, object value)
    {
        switch (type)
        {
            case WireType.Scalar:
                xml.Text(Scalar(value));
                break;
            case WireType.Structure:
                WriteStructure(xml, value);
                break;
            case WireType.Items items:
                foreach (var item in (IEnumerable)value)
                {
                    xml.Open("member");
                    WriteValue(xml, items.Item, item);
                    xml.Close("member");
                }

                break;
            case WireType.Entries entries:
                foreach (var (key, item) in WireShape.Entries(value))
                {
                    xml.Open("entry");
                    xml.Element("key", key);
                    xml.Open("value");
                    WriteValue(xml, entries.Value, item);
                    xml.Close("value");
                    xml.Close("entry");
                }

                break;
            default:
                throw new UnreachableException();
        }
    }

    private static string Scalar(object value) => value switch
    {
        string text => text,
        bool flag => flag ? "true" : "false",
        DateTimeOffset instant => WireTime.ToIso(instant),
        byte[] blob => Convert.ToBase64String(blob),
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => throw new NotSupportedException($"{value.GetType()} is no scalar of the wire."),
    };
}
