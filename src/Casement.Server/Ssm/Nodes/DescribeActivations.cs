using Casement.Aws.Wire;
using Casement.Server.Operations;
using Casement.Storage;

namespace Casement.Server.Ssm.Nodes;

public sealed class DescribeActivations : Operation<DescribeActivations.Request, DescribeActivations.Reply>
{
    public override Service Service => Service.Ssm;

    public override Effect Effect => Effect.Read;

    protected override Task<Reply> Handle(Request request, Call call)
    {
        var page = call.Backstage.Paging.Open(call, request with { MaxResults = null, NextToken = null }, request.NextToken, request.MaxResults);
        var after = TimeKey.Read(page.After, new TimeKey(0, ""));
        var found = new List<ActivationRow>();
        while (found.Count <= page.Size)
        {
            var rows = call.Read(tx => Activations.Page(tx, call.Scope, after.Ms, after.Id, page.Size + 1));
            found.AddRange(rows.Where(a => (request.Filters ?? []).All(f => Fits(f, a))));
            if (rows.Count <= page.Size)
            {
                break;
            }

            after = KeyOf(rows[^1]);
        }

        var shown = page.Cut(found, a => KeyOf(a).ToString());
        return Task.FromResult(new Reply { ActivationList = [.. shown.Items.Select(a => Shown(a, call.NowMs))], NextToken = shown.NextToken });
    }

    private static TimeKey KeyOf(ActivationRow row) => new(row.CreatedMs, row.ActivationId);

    private static bool Fits(Filter filter, ActivationRow row)
    {
        var value = filter.FilterKey switch
        {
            "ActivationIds" => row.ActivationId,
            "DefaultInstanceName" => row.Terms.DefaultInstanceName,
            _ => row.Role,
        };
        return value is not null && (filter.FilterValues ?? []).Contains(value);
    }

    private static Activation Shown(ActivationRow row, long nowMs) => new()
    {
        ActivationId = row.ActivationId,
        Description = row.Terms.Description,
        DefaultInstanceName = row.Terms.DefaultInstanceName,
        IamRole = row.Role,
        RegistrationLimit = row.MaxUses,
        RegistrationsCount = row.Used,
        ExpirationDate = DateTimeOffset.FromUnixTimeMilliseconds(row.ExpiresMs),
        Expired = row.ExpiresMs <= nowMs,
        CreatedDate = DateTimeOffset.FromUnixTimeMilliseconds(row.CreatedMs),
        Tags = row.Terms.Tags.Count == 0 ? null : [.. row.Terms.Tags.Select(t => new Tag { Key = t.Key, Value = t.Value })],
    };

    public sealed record Request
    {
        public IReadOnlyList<Filter>? Filters { get; init; }

        [Range(1, 50)]
        public int? MaxResults { get; init; }

        public string? NextToken { get; init; }
    }

    public sealed record Filter
    {
        [Required, EnumValues("ActivationIds", "DefaultInstanceName", "IamRole")]
        public string? FilterKey { get; init; }

        public IReadOnlyList<string>? FilterValues { get; init; }
    }

    public sealed record Reply
    {
        public IReadOnlyList<Activation>? ActivationList { get; init; }

        public string? NextToken { get; init; }
    }

    public sealed record Activation
    {
        public string? ActivationId { get; init; }

        public string? Description { get; init; }

        public string? DefaultInstanceName { get; init; }

        public string? IamRole { get; init; }

        public int? RegistrationLimit { get; init; }

        public int? RegistrationsCount { get; init; }

        public DateTimeOffset? ExpirationDate { get; init; }

        public bool? Expired { get; init; }

        public DateTimeOffset? CreatedDate { get; init; }

        public IReadOnlyList<Tag>? Tags { get; init; }
    }
}
