using Casement.Aws;
using Casement.Storage;

namespace Casement.Server.Iam;

/// <summary>Tags of IAM entities: keys are unique ignoring case.</summary>
internal static class IamTagRules
{
    private const string Twice = "Duplicate tag keys found. Please note that Tag keys are case insensitive.";

    /// <exception cref="AwsException">A key given twice (under <paramref name="code"/>), or of AWS's own prefix.</exception>
    public static void Check(IReadOnlyList<KeyValuePair<string, string>> tags, string code = "InvalidInput")
    {
        if (tags.DistinctBy(t => t.Key, StringComparer.OrdinalIgnoreCase).Count() < tags.Count)
        {
            throw new AwsException(code, Twice);
        }

        if (tags.FirstOrDefault(t => t.Key.StartsWith("aws:", StringComparison.OrdinalIgnoreCase)).Key is { } reserved)
        {
            throw new AwsException(code, $"The tag key '{reserved}' begins with 'aws:', which is reserved.");
        }
    }

    /// <summary>Sets tags; a key that is there in another case is replaced.</summary>
    /// <exception cref="AwsException">LimitExceeded: more tags than one entity may have.</exception>
    public static void Set(Tx tx, Scope scope, string kind, string id, IReadOnlyList<KeyValuePair<string, string>> tags, Quotas quotas)
    {
        Remove(tx, scope, kind, id, tags.Select(t => t.Key));
        Tags.Set(tx, scope.Global, kind, id, tags);
        if (Tags.Of(tx, scope.Global, kind, id).Count > quotas.TagsPerResource)
        {
            throw IamErrors.Limit($"Cannot exceed quota for TagsPerResource: {quotas.TagsPerResource}");
        }
    }

    /// <summary>Removes tags whatever the case of their keys; unknown ones are no error.</summary>
    public static void Remove(Tx tx, Scope scope, string kind, string id, IEnumerable<string> keys)
    {
        var gone = keys.ToHashSet(StringComparer.OrdinalIgnoreCase);
        Tags.Remove(tx, scope.Global, kind, id, Tags.Of(tx, scope.Global, kind, id).Select(t => t.Key).Where(gone.Contains));
    }
}
