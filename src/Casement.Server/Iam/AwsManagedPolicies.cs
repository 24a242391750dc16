using System.Collections.Frozen;
using System.Globalization;
using System.Text.Json;

namespace Casement.Server.Iam;

/// <summary>One of the policies that AWS publishes under <c>arn:aws:iam::aws:policy/</c>.</summary>
public sealed record AwsManagedPolicy(
    string Name, string Arn, string Path, string Id, string DefaultVersion, DateTimeOffset Created, DateTimeOffset Updated, bool Attachable, string Document);

/// <summary>The published policies that Systems Manager's guides name, as data within the server.</summary>
public static class AwsManagedPolicies
{
    private static readonly FrozenDictionary<string, AwsManagedPolicy> ByArn = Read().ToFrozenDictionary(p => p.Arn, StringComparer.Ordinal);

    public static IReadOnlyList<AwsManagedPolicy> All { get; } = [.. ByArn.Values.OrderBy(p => p.Arn, StringComparer.Ordinal)];

    public static AwsManagedPolicy? Find(string arn) => ByArn.GetValueOrDefault(arn);

    private static List<AwsManagedPolicy> Read()
    {
        using var stream = typeof(AwsManagedPolicies).Assembly.GetManifestResourceStream("managed-policies.json")!;
        using var json = JsonDocument.Parse(stream);
        return [.. json.RootElement.EnumerateObject().Select(p => Map(p.Name, p.Value))];
    }

    private static AwsManagedPolicy Map(string name, JsonElement p) => new(
        name,
        p.GetProperty("arn").GetString()!,
        p.GetProperty("path").GetString()!,
        p.GetProperty("policyId").GetString() ?? MadeUpId(name),
        p.GetProperty("defaultVersionId").GetString()!,
        DateTimeOffset.Parse(p.GetProperty("created").GetString()!, CultureInfo.InvariantCulture),
        DateTimeOffset.Parse(p.GetProperty("updated").GetString()!, CultureInfo.InvariantCulture),
        p.GetProperty("isAttachable").GetBoolean(),
        p.GetProperty("document").GetRawText());

    // where no public copy tells the id, one of the right form that never changes
    private static string MadeUpId(string name) =>
        "ANPA" + Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(name)))[..17];
}
