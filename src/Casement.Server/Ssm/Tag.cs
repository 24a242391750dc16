using Casement.Aws.Wire;

namespace Casement.Server.Ssm;

/// <summary>A key with a value, on windows, nodes, documents and activations.</summary>
public sealed record Tag
{
    [Required, Length(1, 128), Pattern(@"^([\p{L}\p{Z}\p{N}_.:/=+\-@]*)$")]
    public string? Key { get; init; }

    [Required, Length(0, 256), Pattern(@"^([\p{L}\p{Z}\p{N}_.:/=+\-@]*)$")]
    public string? Value { get; init; }
}

internal static class TagExtensions
{
    /// <summary>As condition keys and storage take them; entries without a key, which validation refuses later, are left out.</summary>
    public static List<KeyValuePair<string, string>> Pairs(this IReadOnlyList<Tag>? tags) =>
        [.. (tags ?? []).Where(t => t.Key is not null).Select(t => KeyValuePair.Create(t.Key!, t.Value ?? ""))];
}
