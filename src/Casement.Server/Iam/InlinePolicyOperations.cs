using Casement.Policies;
using Casement.Server.Operations;
using Casement.Storage;

namespace Casement.Server.Iam;

/// <summary>Whose inline policy a request means; the document where it brings one.</summary>
public sealed record InlinePolicyText(EntityKind Kind, string? Holder, string? Policy, string? Document);

/// <summary>Put{User,Group,Role}Policy.</summary>
public abstract class PutInlinePolicy<TRequest> : IamOperation<TRequest, Nothing>
    where TRequest : class
{
    private protected PutInlinePolicy() { }

    public sealed override Effect Effect => Effect.Write;

    protected abstract InlinePolicyText Asked(TRequest request);

    protected sealed override IEnumerable<Access> Needs(TRequest request, Call call)
    {
        var asked = Asked(request);
        return [IamAccess.On(call, Action, asked.Kind, asked.Holder)];
    }

    protected sealed override Task<Nothing> Handle(TRequest request, Call call)
    {
        var asked = Asked(request);
        return call.WriteIam(tx =>
        {
            var holder = Entities.DemandModifiable(tx, call.Scope, asked.Kind, asked.Holder!);
            PolicyRules.Parse(asked.Document!, PolicyKind.Inline);
            IamLimits.DemandInlineRoom(call.Backstage.Quotas, tx, holder, asked.Policy!, asked.Document!);
            InlinePolicies.Put(tx, holder.Id, asked.Policy!, asked.Document!);
        });
    }
}

/// <summary>Get{User,Group,Role}Policy.</summary>
public abstract class GetInlinePolicy<TRequest, TReply> : IamOperation<TRequest, TReply>
    where TRequest : class
    where TReply : class
{
    private protected GetInlinePolicy() { }

    public sealed override Effect Effect => Effect.Read;

    protected abstract InlinePolicyText Asked(TRequest request);

    protected abstract TReply Answer(string holder, string policy, string document);

    protected sealed override IEnumerable<Access> Needs(TRequest request, Call call)
    {
        var asked = Asked(request);
        return [IamAccess.On(call, Action, asked.Kind, asked.Holder)];
    }

    protected sealed override Task<TReply> Handle(TRequest request, Call call)
    {
        var asked = Asked(request);
        return Task.FromResult(call.Read(tx =>
        {
            var holder = Entities.Demand(tx, call.Scope, asked.Kind, asked.Holder!);
            var policy = InlinePolicies.Find(tx, holder.Id, asked.Policy!) ?? throw IamErrors.InlineNotFound(asked.Kind, asked.Policy!);
            return Answer(holder.Name, policy.Name, PolicyRules.Encoded(policy.Document));
        }));
    }
}

/// <summary>Delete{User,Group,Role}Policy.</summary>
public abstract class DeleteInlinePolicy<TRequest> : IamOperation<TRequest, Nothing>
    where TRequest : class
{
    private protected DeleteInlinePolicy() { }

    public sealed override Effect Effect => Effect.Write;

    protected abstract InlinePolicyText Asked(TRequest request);

    protected sealed override IEnumerable<Access> Needs(TRequest request, Call call)
    {
        var asked = Asked(request);
        return [IamAccess.On(call, Action, asked.Kind, asked.Holder)];
    }

    protected sealed override Task<Nothing> Handle(TRequest request, Call call)
    {
        var asked = Asked(request);
        return call.WriteIam(tx =>
        {
            var holder = Entities.DemandModifiable(tx, call.Scope, asked.Kind, asked.Holder!);
            if (!InlinePolicies.Delete(tx, holder.Id, asked.Policy!))
            {
                throw IamErrors.InlineNotFound(asked.Kind, asked.Policy!);
            }
        });
    }
}

/// <summary>List{User,Group,Role}Policies.</summary>
public abstract class ListInlinePolicies<TRequest> : IamOperation<TRequest, InlinePolicyNames>
    where TRequest : class
{
    private protected ListInlinePolicies() { }

    public sealed override Effect Effect => Effect.Read;

    protected abstract Listing Asked(TRequest request);

    protected sealed override IEnumerable<Access> Needs(TRequest request, Call call)
    {
        var asked = Asked(request);
        return [IamAccess.On(call, Action, asked.Kind, asked.Name)];
    }

    protected sealed override Task<InlinePolicyNames> Handle(TRequest request, Call call)
    {
        var asked = Asked(request);
        return Task.FromResult(call.Read(tx =>
        {
            var holder = Entities.Demand(tx, call.Scope, asked.Kind, asked.Name!);
            var page = MarkerPages.Of(
                call, asked.Marker, asked.MaxItems, holder.Id, (after, most) => InlinePolicies.Names(tx, holder.Id, after, most), n => n.ToLowerInvariant());
            return new InlinePolicyNames { PolicyNames = page.Items, IsTruncated = page.IsTruncated, Marker = page.Marker };
        }));
    }
}

/// <summary>The reply of the listings of inline policies.</summary>
public sealed record InlinePolicyNames
{
    public IReadOnlyList<string>? PolicyNames { get; init; }

    public bool? IsTruncated { get; init; }

    public string? Marker { get; init; }
}
