using Casement.Server.Iam.Shapes;
using Casement.Server.Operations;

namespace Casement.Server.Iam;

/// <summary>Tags for a user or role.</summary>
public sealed record TagWish(EntityKind Kind, string? Name, IReadOnlyList<KeyValuePair<string, string>> Tags);

/// <summary>Keys to remove from a user or role.</summary>
public sealed record UntagWish(EntityKind Kind, string? Name, IReadOnlyList<string> Keys);

/// <summary>Tag{User,Role}.</summary>
public abstract class TagEntity<TRequest> : IamOperation<TRequest, Nothing>
    where TRequest : class
{
    private protected TagEntity() { }

    public sealed override Effect Effect => Effect.Write;

    protected abstract TagWish Asked(TRequest request);

    protected sealed override IEnumerable<Access> Needs(TRequest request, Call call)
    {
        var asked = Asked(request);
        return [IamAccess.OnArn(call, Action, asked.Kind, asked.Name) with { RequestTags = asked.Tags }];
    }

    protected sealed override Task<Nothing> Handle(TRequest request, Call call)
    {
        var asked = Asked(request);
        IamTagRules.Check(asked.Tags);
        return call.WriteIam(tx =>
        {
            var entity = Entities.Demand(tx, call.Scope, asked.Kind, asked.Name!);
            IamTagRules.Set(tx, call.Scope, Entities.TagKind(asked.Kind), entity.Id, asked.Tags, call.Backstage.Quotas);
        });
    }
}

/// <summary>Untag{User,Role}.</summary>
public abstract class UntagEntity<TRequest> : IamOperation<TRequest, Nothing>
    where TRequest : class
{
    private protected UntagEntity() { }

    public sealed override Effect Effect => Effect.Write;

    protected abstract UntagWish Asked(TRequest request);

    protected sealed override IEnumerable<Access> Needs(TRequest request, Call call)
    {
        var asked = Asked(request);
        return [IamAccess.OnArn(call, Action, asked.Kind, asked.Name) with { TagKeys = asked.Keys }];
    }

    protected sealed override Task<Nothing> Handle(TRequest request, Call call)
    {
        var asked = Asked(request);
        return call.WriteIam(tx =>
        {
            var entity = Entities.Demand(tx, call.Scope, asked.Kind, asked.Name!);
            IamTagRules.Remove(tx, call.Scope, Entities.TagKind(asked.Kind), entity.Id, asked.Keys);
        });
    }
}

/// <summary>List{User,Role}Tags.</summary>
public abstract class ListEntityTags<TRequest> : IamOperation<TRequest, EntityTags>
    where TRequest : class
{
    private protected ListEntityTags() { }

    public sealed override Effect Effect => Effect.Read;

    protected abstract Listing Asked(TRequest request);

    protected sealed override IEnumerable<Access> Needs(TRequest request, Call call)
    {
        var asked = Asked(request);
        return [IamAccess.On(call, Action, asked.Kind, asked.Name)];
    }

    protected sealed override Task<EntityTags> Handle(TRequest request, Call call)
    {
        var asked = Asked(request);
        return Task.FromResult(call.Read(tx =>
        {
            var entity = Entities.Demand(tx, call.Scope, asked.Kind, asked.Name!);
            var page = MarkerPages.Cut(call, asked.Marker, asked.MaxItems, entity.Id, Entities.TagsOf(tx, call.Scope, entity), t => t.Key);
            return EntityTags.Of(page);
        }));
    }
}

/// <summary>The reply of the listings of tags.</summary>
public sealed record EntityTags
{
    public IReadOnlyList<IamTag>? Tags { get; init; }

    public bool? IsTruncated { get; init; }

    public string? Marker { get; init; }

    internal static EntityTags Of(Page<KeyValuePair<string, string>> page) =>
        new() { Tags = page.Items.Shown() ?? [], IsTruncated = page.IsTruncated, Marker = page.Marker };
}
