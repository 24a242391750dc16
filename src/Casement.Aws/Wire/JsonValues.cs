using System.Text.Json;

namespace Casement.Aws.Wire;

/// <summary>Scalars of AWS JSON, strict in type, and the words of a refusal.</summary>
internal static class JsonValues
{
    public static object Read(ref Utf8JsonReader reader, ScalarKind kind, string path) => kind switch
    {
        ScalarKind.Text => reader.TokenType == JsonTokenType.String
            ? reader.GetString()!
            : throw Refuse(reader.TokenType, "a String", path),
        ScalarKind.Boolean => reader.TokenType switch
        {
            JsonTokenType.True => true,
            JsonTokenType.False => false,
            _ => throw Refuse(reader.TokenType, "a Boolean", path),
        },
        ScalarKind.Integer => (int)Whole(ref reader, int.MinValue, int.MaxValue, "an Integer", path),
        ScalarKind.Long => Whole(ref reader, long.MinValue, long.MaxValue, "a Long", path),
        ScalarKind.Double => reader.TokenType == JsonTokenType.Number && reader.TryGetDouble(out var number)
            && double.IsFinite(number) ? number : throw Refuse(reader.TokenType, "a Double", path),
        ScalarKind.Number => reader.TokenType == JsonTokenType.Number && reader.TryGetDecimal(out var number)
            ? number
            : throw Refuse(reader.TokenType, "a BigDecimal", path),
        ScalarKind.Timestamp => Instant(ref reader, path),
        ScalarKind.Blob => reader.TokenType == JsonTokenType.String && reader.TryGetBytesFromBase64(out var blob)
            ? blob
            : throw Refuse($"{Name(reader.TokenType)} can not be converted to a Blob: it is not base64 at '{path}'"),
    };

    public static void Write(Utf8JsonWriter writer, object value)
    {
        switch (value)
        {
            case string text:
                writer.WriteStringValue(text);
                break;
            case bool flag:
                writer.WriteBooleanValue(flag);
                break;
            case int number:
                writer.WriteNumberValue(number);
                break;
            case long number:
                writer.WriteNumberValue(number);
                break;
            case double number:
                writer.WriteNumberValue(number);
                break;
            case decimal number:
                writer.WriteNumberValue(number);
                break;
            case DateTimeOffset instant:
                writer.WriteNumberValue(WireTime.ToEpochSeconds(instant));
                break;
            case byte[] blob:
                writer.WriteBase64StringValue(blob);
                break;
            default:
                throw new NotSupportedException($"{value.GetType()} is no scalar of the wire.");
        }
    }

    public static AwsException Refuse(JsonTokenType found, string wanted, string path)
        => Refuse($"{Name(found)} can not be converted to {wanted} at '{path}'");

    public static AwsException NullAt(string path) => Refuse($"NULL_VALUE is not allowed in a list or map at '{path}'");

    public static AwsException Refuse(string text) => new("SerializationException", text);

    private static long Whole(ref Utf8JsonReader reader, long least, long greatest, string wanted, string path)
    {
        if (reader.TokenType != JsonTokenType.Number)
        {
            throw Refuse(reader.TokenType, wanted, path);
        }

        if (reader.TryGetInt64(out var whole) && whole >= least && whole <= greatest)
        {
            return whole;
        }

        if (reader.TryGetDecimal(out var number) && decimal.IsInteger(number) && number >= least && number <= greatest)
        {
            return (long)number;
        }

        throw Refuse(reader.TokenType, wanted, path);
    }

    private static DateTimeOffset Instant(ref Utf8JsonReader reader, string path)
    {
        DateTimeOffset instant = default;
        var read = reader.TokenType switch
        {
            JsonTokenType.Number => reader.TryGetDecimal(out var seconds)
                && WireTime.TryFromEpochSeconds(seconds, out instant),
            JsonTokenType.String => WireTime.TryParse(reader.GetString()!, out instant),
            _ => false,
        };
        return read ? instant : throw Refuse(reader.TokenType, "a Timestamp", path);
    }

    private static string Name(JsonTokenType token) => token switch
    {
        JsonTokenType.String => "STRING_VALUE",
        JsonTokenType.Number => "NUMBER_VALUE",
        JsonTokenType.True => "TRUE_VALUE",
        JsonTokenType.False => "FALSE_VALUE",
        JsonTokenType.StartArray => "Start of list",
        JsonTokenType.StartObject => "Start of structure or map",
        _ => token.ToString(),
    };
}
