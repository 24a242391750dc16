using Casement.Server.Iam.Shapes;
using Casement.Server.Operations;
using Casement.Storage;

namespace Casement.Server.Iam;

/// <summary>Which managed policy goes to or from whom.</summary>
public sealed record AttachmentWish(EntityKind Kind, string? Holder, string? PolicyArn);

/// <summary>Attach{User,Group,Role}Policy.</summary>
public abstract class AttachPolicy<TRequest> : IamOperation<TRequest, Nothing>
    where TRequest : class
{
    private protected AttachPolicy() { }

    public sealed override Effect Effect => Effect.Write;

    protected abstract AttachmentWish Asked(TRequest request);

    protected sealed override IEnumerable<Access> Needs(TRequest request, Call call)
    {
        var asked = Asked(request);
        return [IamAccess.On(call, Action, asked.Kind, asked.Holder).With("iam:PolicyARN", asked.PolicyArn)];
    }

    protected sealed override Task<Nothing> Handle(TRequest request, Call call)
    {
        var asked = Asked(request);
        return call.WriteIam(tx =>
        {
            var holder = Entities.DemandModifiable(tx, call.Scope, asked.Kind, asked.Holder!);
            var policy = PolicyCatalog.DemandAttachable(tx, call.Scope, asked.PolicyArn!);
            var attached = Attachments.Of(tx, call.Scope, holder.Id);
            if (!attached.Contains(policy.Arn, StringComparer.Ordinal))
            {
                IamLimits.DemandRoom(
                    call.Backstage.Quotas, attached.Count, IamLimits.PoliciesPerEntity, $"PoliciesPer{Entities.Title(holder.Kind)}");
                Attachments.Attach(tx, call.Scope, holder.Id, policy.Arn);
            }
        });
    }
}

/// <summary>Detach{User,Group,Role}Policy.</summary>
public abstract class DetachPolicy<TRequest> : IamOperation<TRequest, Nothing>
    where TRequest : class
{
    private protected DetachPolicy() { }

    public sealed override Effect Effect => Effect.Write;

    protected abstract AttachmentWish Asked(TRequest request);

    protected sealed override IEnumerable<Access> Needs(TRequest request, Call call)
    {
        var asked = Asked(request);
        return [IamAccess.On(call, Action, asked.Kind, asked.Holder).With("iam:PolicyARN", asked.PolicyArn)];
    }

    protected sealed override Task<Nothing> Handle(TRequest request, Call call)
    {
        var asked = Asked(request);
        return call.WriteIam(tx =>
        {
            var holder = Entities.DemandModifiable(tx, call.Scope, asked.Kind, asked.Holder!);
            PolicyCatalog.DemandArn(asked.PolicyArn!);
            if (!Attachments.Detach(tx, call.Scope, holder.Id, asked.PolicyArn!))
            {
                throw IamErrors.PolicyNotFound(asked.PolicyArn!);
            }
        });
    }
}

/// <summary>ListAttached{User,Group,Role}Policies.</summary>
public abstract class ListAttachedPolicies<TRequest> : IamOperation<TRequest, PolicyReferences>
    where TRequest : class
{
    private protected ListAttachedPolicies() { }

    public sealed override Effect Effect => Effect.Read;

    protected abstract Listing Asked(TRequest request);

    protected sealed override IEnumerable<Access> Needs(TRequest request, Call call)
    {
        var asked = Asked(request);
        return [IamAccess.On(call, Action, asked.Kind, asked.Name)];
    }

    protected sealed override Task<PolicyReferences> Handle(TRequest request, Call call)
    {
        var asked = Asked(request);
        return Task.FromResult(call.Read(tx =>
        {
            var holder = Entities.Demand(tx, call.Scope, asked.Kind, asked.Name!);
            var prefix = asked.PathPrefix ?? "/";
            var policies = Attachments.Of(tx, call.Scope, holder.Id)
                .Select(arn => PolicyCatalog.Find(tx, call.Scope, arn))
                .OfType<KnownPolicy>()
                .Where(p => p.Path.StartsWith(prefix, StringComparison.Ordinal));
            var page = MarkerPages.Cut(call, asked.Marker, asked.MaxItems, $"{holder.Id}\0{prefix}", policies, p => p.Key);
            return new PolicyReferences
            {
                AttachedPolicies = [.. page.Items.Select(p => new PolicyReference { PolicyName = p.Name, PolicyArn = p.Arn })],
                IsTruncated = page.IsTruncated,
                Marker = page.Marker,
            };
        }));
    }
}

/// <summary>The reply of the listings of attached policies.</summary>
public sealed record PolicyReferences
{
    public IReadOnlyList<PolicyReference>? AttachedPolicies { get; init; }

    public bool? IsTruncated { get; init; }

    public string? Marker { get; init; }
}
