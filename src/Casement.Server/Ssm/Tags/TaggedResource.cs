using Casement.Aws;
using Casement.Server.Operations;
using Casement.Server.Ssm.Documents;
using Casement.Server.Ssm.Nodes;
using Casement.Server.Ssm.Windows;
using Casement.Storage;

namespace Casement.Server.Ssm.Tags;

/// <summary>What a tag call is about, once its type and id are known to go together.</summary>
/// <param name="Kind">The kind under which its tags are stored.</param>
internal sealed record TaggedResource(string Kind, string Id)
{
    private const string Node = "ManagedInstance";
    private const string Window = "MaintenanceWindow";
    private const string Document = "Document";

    /// <summary>The permission, with the tags that the resource has. Total: what is malformed falls back to the region.</summary>
    public static Access To(string action, string? type, string? id, Call call) => type switch
    {
        Node => NodeAccess.To(action, id, call),
        Window => WindowAccess.To(action, id, call),
        Document => DocumentLibrary.To(action, id, call),
        _ => new Access(action, Access.AnyOf(call.Scope)),
    };

    /// <exception cref="AwsException">InvalidResourceType, or InvalidResourceId when there is none of that type.</exception>
    public static TaggedResource Demand(Tx tx, Call call, string type, string id)
    {
        var (kind, exists) = type switch
        {
            Node => (Storage.Nodes.TagKind, id.StartsWith("mi-", StringComparison.Ordinal) && Storage.Nodes.Exists(tx, call.Scope, id)),
            Window => (Storage.Windows.TagKind, Storage.Windows.Find(tx, call.Scope, id) is not null),

            // the documents that come with the server belong to Amazon, and only an owner may tag
            Document => ("document", false),
            _ => throw new AwsException("InvalidResourceType", $"Resources of type {type} are not kept by this version."),
        };
        return exists ? new TaggedResource(kind, id) : throw new AwsException("InvalidResourceId", $"There is no {type} {id} that can be tagged.");
    }
}
