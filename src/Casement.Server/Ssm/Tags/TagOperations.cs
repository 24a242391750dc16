using Casement.Server.Operations;

namespace Casement.Server.Ssm.Tags;

/// <summary>Tags of windows and nodes.</summary>
internal static class TagOperations
{
    public static IReadOnlyList<Operation> All { get; } = [new AddTagsToResource(), new RemoveTagsFromResource(), new ListTagsForResource()];
}
