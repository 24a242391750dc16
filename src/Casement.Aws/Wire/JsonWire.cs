using System.Buffers;
using System.Collections;
using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Casement.Aws.Wire;

/// <summary>AWS JSON 1.0 and 1.1 bodies to and from wire records.</summary>
[RequiresUnreferencedCode(WireShape.Reason)]
[RequiresDynamicCode(WireShape.Reason)]
public static class JsonWire
{
    /// <summary>How deep a body may nest; deeper is a SerializationException.</summary>
    public const int MaxDepth = 32;

    private const string Hidden = "HIDDEN_DUE_TO_SECURITY_REASONS";

    private static readonly JsonWriterOptions Plain = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        SkipValidation = true,
    };

    /// <summary>
    /// Types are strict (a string is no number; 2.0 is an integer), unknown members are ignored, a null member is an
    /// absent one, of several with one name the last counts.
    /// </summary>
    /// <exception cref="AwsException">SerializationException, naming the member.</exception>
    public static object Read(Type type, ReadOnlySpan<byte> body)
    {
        ArgumentNullException.ThrowIfNull(type);
        var reader = new Utf8JsonReader(body, new JsonReaderOptions { MaxDepth = MaxDepth });
        try
        {
            reader.Read();
            if (reader.TokenType != JsonTokenType.StartObject)
            {
                throw JsonValues.Refuse("The request body must be a JSON object");
            }

            var result = ReadStructure(ref reader, WireShape.Of(type), "");
            return reader.Read() ? throw JsonValues.Refuse("Content after the JSON object") : result;
        }
        catch (JsonException fault)
        {
            throw JsonValues.Refuse(string.Create(CultureInfo.InvariantCulture,
                $"The request body is not valid JSON of at most {MaxDepth} levels (line {fault.LineNumber + 1}, byte {fault.BytePositionInLine + 1})"));
        }
        catch (InvalidOperationException)
        {
            throw JsonValues.Refuse("The request body holds a string that is not valid Unicode");
        }
    }

    /// <summary>Absent members are left out; text is UTF-8 and not escaped beyond need.</summary>
    public static void Write(IBufferWriter<byte> output, object reply) => Write(output, reply, hide: false);

    /// <summary>As <see cref="Write(IBufferWriter{byte}, object)"/>, with each sensitive member's value hidden: for audit.</summary>
    public static void WriteRedacted(IBufferWriter<byte> output, object value) => Write(output, value, hide: true);

    /// <summary>One object with <c>__type</c> and the text.</summary>
    /// <param name="messageUpperCase">True for errors whose model has a member <c>Message</c>; false writes <c>message</c>.</param>
    public static void WriteError(IBufferWriter<byte> output, AwsException error, bool messageUpperCase)
    {
        ArgumentNullException.ThrowIfNull(error);
        using var writer = new Utf8JsonWriter(output, Plain);
        writer.WriteStartObject();
        writer.WriteString("__type"u8, error.Code);
        writer.WriteString(messageUpperCase ? "Message"u8 : "message"u8, error.Message);
        writer.WriteEndObject();
    }

    private static object ReadStructure(ref Utf8JsonReader reader, WireShape shape, string path)
    {
        var result = shape.Create();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            var name = reader.GetString()!;
            var member = shape.Find(name);
            reader.Read();
            if (member is null)
            {
                reader.Skip();
                continue;
            }

            member.Set(result, ReadValue(ref reader, member.Type, path.Length == 0 ? name : $"{path}.{name}"));
        }

        return result;
    }

    private static object? ReadValue(ref Utf8JsonReader reader, WireType type, string path)
    {
        if (reader.TokenType == JsonTokenType.Null)
        {
            return null;
        }

        return type switch
        {
            WireType.Scalar scalar => JsonValues.Read(ref reader, scalar.Kind, path),
            WireType.Structure structure when reader.TokenType == JsonTokenType.StartObject
                => ReadStructure(ref reader, WireShape.Of(structure.Type), path),
            WireType.Items items when reader.TokenType == JsonTokenType.StartArray => ReadItems(ref reader, items, path),
            WireType.Entries entries when reader.TokenType == JsonTokenType.StartObject
                => ReadEntries(ref reader, entries, path),
            WireType.Structure => throw JsonValues.Refuse(reader.TokenType, "a Structure", path),
            WireType.Items => throw JsonValues.Refuse(reader.TokenType, "a List", path),
            WireType.Entries => throw JsonValues.Refuse(reader.TokenType, "a Map", path),
            _ => throw new UnreachableException(),
        };
    }

    private static Array ReadItems(ref Utf8JsonReader reader, WireType.Items items, string path)
    {
        List<object> read = [];
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            var itemPath = string.Create(CultureInfo.InvariantCulture, $"{path}[{read.Count}]");
            read.Add(ReadValue(ref reader, items.Item, itemPath) ?? throw JsonValues.NullAt(itemPath));
        }

        return WireShape.ToArray(items.ItemType, read);
    }

    private static IDictionary ReadEntries(ref Utf8JsonReader reader, WireType.Entries entries, string path)
    {
        var map = WireShape.CreateMap(entries.ValueType);
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            var key = reader.GetString()!;
            reader.Read();
            map[key] = ReadValue(ref reader, entries.Value, $"{path}.{key}") ?? throw JsonValues.NullAt($"{path}.{key}");
        }

        return map;
    }

    private static void Write(IBufferWriter<byte> output, object value, bool hide)
    {
        ArgumentNullException.ThrowIfNull(value);
        using var writer = new Utf8JsonWriter(output, Plain);
        WriteStructure(writer, value, hide);
    }

    private static void WriteStructure(Utf8JsonWriter writer, object owner, bool hide)
    {
        writer.WriteStartObject();
        foreach (var member in WireShape.Of(owner.GetType()).Members)
        {
            if (member.Get(owner) is { } value)
            {
                writer.WritePropertyName(member.EncodedName);
                if (hide && member.Sensitive)
                {
                    writer.WriteStringValue(Hidden);
                }
                else
                {
                    WriteValue(writer, member.Type, value, hide);
                }
            }
        }

        writer.WriteEndObject();
    }

    private static void WriteValue(Utf8JsonWriter writer, WireType type, object value, bool hide)
    {
        switch (type)
        {
            case WireType.Scalar:
                JsonValues.Write(writer, value);
                break;
            case WireType.Structure:
                WriteStructure(writer, value, hide);
                break;
            case WireType.Items items:
                writer.WriteStartArray();
                foreach (var item in (IEnumerable)value)
                {
                    WriteValue(writer, items.Item, item, hide);
                }

                writer.WriteEndArray();
                break;
            case WireType.Entries entries:
                writer.WriteStartObject();
                foreach (var (key, item) in WireShape.Entries(value))
                {
                    writer.WritePropertyName(key);
                    WriteValue(writer, entries.Value, item, hide);
                }

                writer.WriteEndObject();
                break;
            default:
                throw new UnreachableException();
        }
    }
}
