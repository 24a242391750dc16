using System.Diagnostics;
using Casement.Server.Operations;
using Casement.Storage;

namespace Casement.Server.Iam;

/// <summary>Which managed policy bounds whom; none where a boundary is removed.</summary>
public sealed record BoundaryWish(EntityKind Kind, string? Name, string? PolicyArn);

/// <summary>Put{User,Role}PermissionsBoundary.</summary>
public abstract class PutPermissionsBoundary<TRequest> : IamOperation<TRequest, Nothing>
    where TRequest : class
{
    private protected PutPermissionsBoundary() { }

    public sealed override Effect Effect => Effect.Write;

    protected abstract BoundaryWish Asked(TRequest request);

    /// <summary>The condition key holds the boundary that is asked for, not the one that is there.</summary>
    protected sealed override IEnumerable<Access> Needs(TRequest request, Call call)
    {
        var asked = Asked(request);
        return [IamAccess.On(call, Action, asked.Kind, asked.Name).With("iam:PermissionsBoundary", asked.PolicyArn)];
    }

    protected sealed override Task<Nothing> Handle(TRequest request, Call call)
    {
        var asked = Asked(request);
        return call.WriteIam(tx =>
        {
            var entity = Entities.DemandModifiable(tx, call.Scope, asked.Kind, asked.Name!);
            Boundaries.Set(tx, call.Scope, entity, PolicyCatalog.DemandAttachable(tx, call.Scope, asked.PolicyArn!).Arn);
        });
    }
}

/// <summary>Delete{User,Role}PermissionsBoundary.</summary>
public abstract class DeletePermissionsBoundary<TRequest> : IamOperation<TRequest, Nothing>
    where TRequest : class
{
    private protected DeletePermissionsBoundary() { }

    public sealed override Effect Effect => Effect.Write;

    protected abstract BoundaryWish Asked(TRequest request);

    protected sealed override IEnumerable<Access> Needs(TRequest request, Call call)
    {
        var asked = Asked(request);
        return [IamAccess.On(call, Action, asked.Kind, asked.Name)];
    }

    protected sealed override Task<Nothing> Handle(TRequest request, Call call)
    {
        var asked = Asked(request);
        return call.WriteIam(tx =>
        {
            var entity = Entities.DemandModifiable(tx, call.Scope, asked.Kind, asked.Name!);
            if (entity.BoundaryArn is null)
            {
                throw IamErrors.NoSuchEntity($"The {Entities.Word(entity.Kind)} with name {entity.Name} has no permissions boundary.");
            }

            Boundaries.Set(tx, call.Scope, entity, null);
        });
    }
}

internal static class Boundaries
{
    public static void Set(Tx tx, Scope scope, Entity entity, string? policyArn)
    {
        switch (entity.Kind)
        {
            case EntityKind.User:
                Users.SetBoundary(tx, scope, entity.Id, policyArn);
                break;
            case EntityKind.Role:
                Roles.SetBoundary(tx, scope, entity.Id, policyArn);
                break;
            case EntityKind.Group:
            default:
                throw new UnreachableException();
        }
    }
}
