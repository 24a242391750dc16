using Casement.Aws.Wire;

namespace Casement.Server.Iam.Shapes;

/// <summary>A key with a value, on users, roles, policies and sessions.</summary>
public sealed record IamTag
{
    [Required, Length(1, 128), Pattern(IamPatterns.TagKey)]
    public string? Key { get; init; }

    [Required, Length(0, 256), Pattern(IamPatterns.TagValue)]
    public string? Value { get; init; }
}

internal static class IamTags
{
    /// <summary>As storage and condition keys take them; entries without a key, which validation refuses, are left out.</summary>
    public static List<KeyValuePair<string, string>> Pairs(this IReadOnlyList<IamTag>? tags) =>
        [.. (tags ?? []).Where(t => t.Key is not null).Select(t => KeyValuePair.Create(t.Key!, t.Value ?? ""))];

    /// <summary>For a reply; null, which leaves the member out, when there are none.</summary>
    public static IReadOnlyList<IamTag>? Shown(this IReadOnlyList<KeyValuePair<string, string>> tags) =>
        tags.Count == 0 ? null : [.. tags.Select(t => new IamTag { Key = t.Key, Value = t.Value })];
}
