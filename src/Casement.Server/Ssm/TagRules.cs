using Casement.Aws;

namespace Casement.Server.Ssm;

/// <summary>What the model's constraints cannot say of tags.</summary>
internal static class TagRules
{
    /// <exception cref="AwsException">TooManyTagsError, or ValidationException for a key given twice or of AWS's own prefix.</exception>
    public static void Check(List<KeyValuePair<string, string>> tags, Quotas quotas)
    {
        if (tags.Count > quotas.TagsPerResource)
        {
            throw new AwsException("TooManyTagsError", "");
        }

        var twice = tags.GroupBy(t => t.Key, StringComparer.Ordinal).FirstOrDefault(g => g.Count() > 1);
        if (twice is not null)
        {
            throw new AwsException("ValidationException", $"The tag key '{twice.Key}' is given more than once.");
        }

        var reserved = tags.FirstOrDefault(t => t.Key.StartsWith("aws:", StringComparison.OrdinalIgnoreCase)).Key;
        if (reserved is not null)
        {
            throw new AwsException("ValidationException", $"The tag key '{reserved}' begins with 'aws:', which is reserved.");
        }
    }
}
