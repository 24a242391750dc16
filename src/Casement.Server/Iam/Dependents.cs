using Casement.Storage;

namespace Casement.Server.Iam;

/// <summary>What must be gone before an entity can be deleted.</summary>
internal static class Dependents
{
    /// <exception cref="Casement.Aws.AwsException">DeleteConflict: inline policies first, then attached ones.</exception>
    public static void DemandNoPolicies(Tx tx, Scope scope, Entity entity)
    {
        if (InlinePolicies.Any(tx, entity.Id))
        {
            throw IamErrors.Conflict("Cannot delete entity, must delete policies first.");
        }

        if (Attachments.Of(tx, scope, entity.Id).Count > 0)
        {
            throw IamErrors.Conflict("Cannot delete entity, must detach all policies first.");
        }
    }
}
