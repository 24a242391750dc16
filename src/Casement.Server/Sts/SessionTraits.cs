using System.Text;
using Casement.Aws;
using Casement.Server.Iam;
using Casement.Server.Iam.Shapes;
using Casement.Server.Operations;

namespace Casement.Server.Sts;

/// <summary>What a new session carries: its own tags and source identity, and what it inherits from the session that makes it.</summary>
internal sealed record SessionTraits(IReadOnlyDictionary<string, string> Tags, IReadOnlyList<string> TransitiveKeys, string? SourceIdentity)
{
    private const string Invalid = "InvalidParameterValue";

    // policies and tags travel inside the session token, which clients send in a header of at most 32 KiB with all others
    private const int PackedBytesMax = 8192;

    /// <exception cref="AwsException">InvalidParameterValue for tags that contradict each other or the calling session's.</exception>
    public static SessionTraits Of(AssumeRole.Request request, Principal caller)
    {
        var asked = request.Tags.Pairs();
        IamTagRules.Check(asked, Invalid);
        var keys = request.TransitiveTagKeys ?? [];
        if (keys.Except(asked.Select(t => t.Key), StringComparer.OrdinalIgnoreCase).Any())
        {
            throw new AwsException(Invalid, "The specified transitive tag key must be included in the requested tags.");
        }

        var session = caller as Principal.RoleSession;
        var tags = new Dictionary<string, string>(asked, StringComparer.OrdinalIgnoreCase);
        foreach (var key in session?.TransitiveTagKeys ?? [])
        {
            if (!tags.TryAdd(key, session!.Tags.GetValueOrDefault(key, "")))
            {
                throw new AwsException(
                    Invalid, "One of the specified transitive tag keys can't be set because it conflicts with a transitive tag key from the calling session.");
            }
        }

        if (session?.SourceIdentity is { } kept && request.SourceIdentity is { } other && kept != other)
        {
            throw new AwsException(Invalid, $"The calling session's source identity '{kept}' stays for all sessions made from it; '{other}' cannot be set.");
        }

        return new SessionTraits(
            tags, [.. (session?.TransitiveTagKeys ?? []).Union(keys, StringComparer.OrdinalIgnoreCase)], request.SourceIdentity ?? session?.SourceIdentity);
    }

    /// <summary>The actions that the trust policy must allow for such a session.</summary>
    public IEnumerable<string> Actions(string assume)
    {
        yield return assume;
        if (Tags.Count > 0)
        {
            yield return "sts:TagSession";
        }

        if (SourceIdentity is not null)
        {
            yield return "sts:SetSourceIdentity";
        }
    }

    /// <summary>How much of the space for policies and tags is used, in percent; null when there are none.</summary>
    /// <exception cref="AwsException">PackedPolicyTooLarge.</exception>
    public static int? PackedPercent(string? policy, IReadOnlyList<string> arns, IReadOnlyDictionary<string, string> tags)
    {
        if (policy is null && arns.Count == 0 && tags.Count == 0)
        {
            return null;
        }

        var bytes = Encoding.UTF8.GetByteCount(policy ?? "") + arns.Sum(Encoding.UTF8.GetByteCount)
            + tags.Sum(t => Encoding.UTF8.GetByteCount(t.Key) + Encoding.UTF8.GetByteCount(t.Value));
        var percent = ((bytes * 100) + PackedBytesMax - 1) / PackedBytesMax;
        return percent <= 100
            ? percent
            : throw new AwsException("PackedPolicyTooLarge", $"Packed policy consumes {percent}% of allotted space, please use smaller policy.");
    }
}
