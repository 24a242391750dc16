using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Casement.Aws.Nodes;

/// <summary>
/// Writes an instant as seconds since 1970 with milliseconds, the JSON 1.1 form of a timestamp; reads that number or an
/// ISO 8601 text. Throws <see cref="JsonException"/> for anything else and for instants outside years 1 to 9999.
/// </summary>
public sealed class EpochSecondsConverter : JsonConverter<DateTimeOffset>
{
    /// <inheritdoc/>
    public override DateTimeOffset Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType == JsonTokenType.Number && reader.TryGetDecimal(out var seconds)
            && Math.Abs(seconds) < 62_000_000_000m)
        {
            return DateTimeOffset.FromUnixTimeMilliseconds((long)decimal.Round(seconds * 1000m));
        }
        if (reader.TokenType == JsonTokenType.String && DateTimeOffset.TryParse(
            reader.GetString(), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var instant))
        {
            return instant.ToUniversalTime();
        }
        throw new JsonException("A timestamp must be a number of seconds since 1970 or an ISO 8601 text.");
    }

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.WriteNumberValue(value.ToUnixTimeMilliseconds() / 1000m);
    }
}
