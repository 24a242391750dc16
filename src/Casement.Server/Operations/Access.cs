using Casement.Storage;

namespace Casement.Server.Operations;

/// <summary>One permission that a call needs: an action on a resource, with what the operation knows about both.</summary>
/// <param name="Action">Such as <c>ssm:SendCommand</c>.</param>
/// <param name="Resource">The ARN that policies are matched against.</param>
public sealed record Access(string Action, string Resource)
{
    /// <summary>How a refusal names the resource where AWS prints something else than the ARN, such as <c>user bob</c>.</summary>
    public string? Shown { get; init; }

    /// <summary>Single-valued condition keys of this access, such as <c>iam:PassedToService</c>.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Keys { get; init; } = [];

    /// <summary>Tags of the resource: <c>aws:ResourceTag/k</c>, and <c>ssm:resourceTag/k</c> for ssm actions.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> ResourceTags { get; init; } = [];

    /// <summary>Tags in the request: <c>aws:RequestTag/k</c> and <c>aws:TagKeys</c>; null when the operation takes no tags.</summary>
    public IReadOnlyList<KeyValuePair<string, string>>? RequestTags { get; init; }

    /// <summary>Tag keys of an untag request: <c>aws:TagKeys</c>.</summary>
    public IReadOnlyList<string>? TagKeys { get; init; }

    /// <summary>What SSM checks where an action has no resource type, or the request names none.</summary>
    public static string AnyOf(Scope scope) => $"arn:aws:ssm:{scope.Region}:{scope.Account}:*";
}
