using Casement.Aws;
using Casement.Aws.Wire;
using Casement.Server.Operations;

namespace Casement.Server.Ssm.Documents;

public sealed class ListDocuments : Operation<ListDocuments.Request, ListDocuments.Reply>
{
    private static readonly string[] Keys = ["Owner", "Name", "PlatformTypes", "DocumentType", "TargetType"];
    private static readonly string[] Owners = ["Self", "Amazon", "Private", "Public", "ThirdParty", "All"];

    public override Service Service => Service.Ssm;

    public override Effect Effect => Effect.Read;

    protected override Task<Reply> Handle(Request request, Call call)
    {
        var filters = FiltersOf(request);
        var page = call.Backstage.Paging.Open(call, request with { MaxResults = null, NextToken = null }, request.NextToken, request.MaxResults);
        var shown = page.Cut(
            DocumentLibrary.All.Where(d => string.CompareOrdinal(d.Name, page.After ?? "") > 0 && filters.All(f => Fits(f.Key, f.Value, d))), d => d.Name);
        return Task.FromResult(new Reply
        {
            DocumentIdentifiers =
            [
                .. shown.Items.Select(d => new DocumentIdentifier
                {
                    Name = d.Name,
                    CreatedDate = DocumentLibrary.Created,
                    Owner = d.Owner,
                    PlatformTypes = d.PlatformTypes,
                    DocumentVersion = DocumentLibrary.Version,
                    DocumentType = "Command",
                    SchemaVersion = d.SchemaVersion,
                    DocumentFormat = "JSON",
                    Tags = [],
                }),
            ],
            NextToken = shown.NextToken,
        });
    }

    private static List<KeyValuePair<string, IReadOnlyList<string>>> FiltersOf(Request request)
    {
        List<KeyValuePair<string, IReadOnlyList<string>>> filters =
        [
            .. (request.Filters ?? []).Select(f => KeyValuePair.Create(f.Key ?? "", f.Values ?? [])),
            .. (request.DocumentFilterList ?? []).Select(f => KeyValuePair.Create<string, IReadOnlyList<string>>(f.Key!, [f.Value!])),
        ];
        foreach (var (key, values) in filters)
        {
            if (!Keys.Contains(key) && !key.StartsWith("tag:", StringComparison.Ordinal))
            {
                throw new AwsException("InvalidFilterKey", $"Unsupported filter key: {key}. Supported keys: {string.Join(", ", Keys)}, tag:<key>");
            }

            if (key == "Owner" && (values.Count != 1 || !Owners.Contains(values[0])))
            {
                throw new AwsException("ValidationException", $"Owner filter can only have one value of {string.Join(", ", Owners)}.");
            }
        }

        return filters;
    }

    private static bool Fits(string key, IReadOnlyList<string> values, CommandDocument document) => key switch
    {
        "Owner" => values[0] is "Amazon" or "All" or "Public",
        "Name" => values.Any(v => document.Name.StartsWith(v, StringComparison.Ordinal)),
        "PlatformTypes" => values.Any(document.PlatformTypes.Contains),
        "DocumentType" => values.Contains("Command"),

        // documents that come with the server have neither a target type nor tags
        _ => false,
    };

    public sealed record Request
    {
        [Length(1, -1)]
        public IReadOnlyList<DocumentFilter>? DocumentFilterList { get; init; }

        [Length(0, 6)]
        public IReadOnlyList<DocumentKeyValuesFilter>? Filters { get; init; }

        [Range(1, 50)]
        public int? MaxResults { get; init; }

        public string? NextToken { get; init; }
    }

    public sealed record DocumentFilter
    {
        [WireName("key"), Required, EnumValues("Name", "Owner", "PlatformTypes", "DocumentType")]
        public string? Key { get; init; }

        [WireName("value"), Required, Length(1, -1)]
        public string? Value { get; init; }
    }

    public sealed record DocumentKeyValuesFilter
    {
        [Length(1, 128)]
        public string? Key { get; init; }

        [EachLength(1, 256)]
        public IReadOnlyList<string>? Values { get; init; }
    }

    public sealed record Reply
    {
        public IReadOnlyList<DocumentIdentifier>? DocumentIdentifiers { get; init; }

        public string? NextToken { get; init; }
    }

    public sealed record DocumentIdentifier
    {
        public string? Name { get; init; }

        public DateTimeOffset? CreatedDate { get; init; }

        public string? Owner { get; init; }

        public IReadOnlyList<string>? PlatformTypes { get; init; }

        public string? DocumentVersion { get; init; }

        public string? DocumentType { get; init; }

        public string? SchemaVersion { get; init; }

        public string? DocumentFormat { get; init; }

        public IReadOnlyList<Tag>? Tags { get; init; }
    }
}
