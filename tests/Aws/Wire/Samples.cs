using System.Buffers;
using System.Text;
using Casement.Aws.Wire;

namespace Casement.Aws.Tests.Wire;

public sealed record Everything
{
    public string? Text { get; init; }
    public bool? Flag { get; init; }
    public int? Count { get; init; }
    public long? Big { get; init; }
    public double? Ratio { get; init; }
    public decimal? Exact { get; init; }
    public DateTimeOffset? At { get; init; }
    public IReadOnlyList<string>? Names { get; init; }
    public IReadOnlyList<long>? Numbers { get; init; }
    public IReadOnlyList<Pair>? Pairs { get; init; }
    public IReadOnlyDictionary<string, string>? Labels { get; init; }
    public IReadOnlyDictionary<string, IReadOnlyList<string>>? Parameters { get; init; }
    public IReadOnlyDictionary<string, Pair>? Attributes { get; init; }
    public byte[]? Payload { get; init; }
    public Everything? Nested { get; init; }
}

public sealed record Pair
{
    [WireName("key")]
    public string? Key { get; init; }

    public string? Value { get; init; }
}

public sealed record Secretive
{
    public string? Name { get; init; }

    [Sensitive, Length(3, 5)]
    public string? Description { get; init; }

    [Sensitive]
    public IReadOnlyList<Guarded>? Items { get; init; }

    public Guarded? Item { get; init; }
}

public sealed record Guarded
{
    [Required, Length(1, 3)]
    public string? Code { get; init; }
}

public sealed record Window
{
    [Required, Length(3, 128), Pattern(@"^[a-zA-Z0-9_\-.]{3,128}$")]
    public string? Name { get; init; }

    [Required, Range(1, 24)]
    public int? Duration { get; init; }

    [Range(long.MinValue, 5)]
    public decimal? Weight { get; init; }

    [EnumValues("INSTANCE", "RESOURCE_GROUP")]
    public string? Type { get; init; }

    [Length(0, 2)]
    public IReadOnlyList<Target>? Targets { get; init; }

    [Length(1, -1), EachLength(1, 4), EachPattern(@"^\w*$")]
    public IReadOnlyList<string>? Ids { get; init; }

    [KeyLength(1, 3), KeyPattern("^[a-z]+$"), EachLength(-1, 4)]
    public IReadOnlyDictionary<string, string>? Labels { get; init; }

    [KeyEnum("A", "B"), EachEnum("x", "y")]
    public IReadOnlyDictionary<string, IReadOnlyList<string>>? Parameters { get; init; }

    [Length(-1, 2)]
    public byte[]? Blob { get; init; }
}

public sealed record Target
{
    [Required, Length(1, 163)]
    public string? Key { get; init; }

    [Length(0, 50)]
    public IReadOnlyList<string>? Values { get; init; }
}

internal static class Written
{
    public static string Json(object value) => By(output => JsonWire.Write(output, value));

    public static string Xml(object? value)
        => By(output => QueryWire.WriteReply(output, "Do", "https://example.com/doc/", value, "id-1"));

    public static string By(Action<IBufferWriter<byte>> write)
    {
        var output = new ArrayBufferWriter<byte>();
        write(output);
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }
}
