using System.Text.Json;
using Casement.Aws.Wire;
using Casement.Server.Operations;

namespace Casement.Server.Ssm.Documents;

public sealed class DescribeDocument : Operation<DescribeDocument.Request, DescribeDocument.Reply>
{
    public override Service Service => Service.Ssm;

    public override Effect Effect => Effect.Read;

    protected override IEnumerable<Access> Needs(Request request, Call call) => [DocumentLibrary.To(Action, request.Name, call)];

    protected override Task<Reply> Handle(Request request, Call call)
    {
        var document = DocumentLibrary.Demand(request.Name!, request.DocumentVersion, request.VersionName);
        return Task.FromResult(new Reply
        {
            Document = new DocumentDescription
            {
                Hash = document.Sha256,
                HashType = "Sha256",
                Name = document.Name,
                Owner = document.Owner,
                CreatedDate = DocumentLibrary.Created,
                Status = "Active",
                DocumentVersion = DocumentLibrary.Version,
                Description = document.Description,
                Parameters =
                [
                    .. document.Parameters.Select(p => new DocumentParameter
                    {
                        Name = p.Name,
                        Type = p.Type,
                        Description = p.Description,
                        DefaultValue = p.Default is { } value ? value.ValueKind == JsonValueKind.String ? value.GetString() : value.GetRawText() : null,
                    }),
                ],
                PlatformTypes = document.PlatformTypes,
                DocumentType = "Command",
                SchemaVersion = document.SchemaVersion,
                LatestVersion = DocumentLibrary.Version,
                DefaultVersion = DocumentLibrary.Version,
                DocumentFormat = "JSON",
                Tags = [],
            },
        });
    }

    public sealed record Request
    {
        [Required, Pattern(@"^[a-zA-Z0-9_\-.:/]{3,128}$")]
        public string? Name { get; init; }

        [Pattern("([$]LATEST|[$]DEFAULT|^[1-9][0-9]*$)")]
        public string? DocumentVersion { get; init; }

        [Pattern(@"^[a-zA-Z0-9_\-.]{1,128}$")]
        public string? VersionName { get; init; }
    }

    public sealed record Reply
    {
        public DocumentDescription? Document { get; init; }
    }

    public sealed record DocumentDescription
    {
        public string? Hash { get; init; }

        public string? HashType { get; init; }

        public string? Name { get; init; }

        public string? Owner { get; init; }

        public DateTimeOffset? CreatedDate { get; init; }

        public string? Status { get; init; }

        public string? DocumentVersion { get; init; }

        public string? Description { get; init; }

        public IReadOnlyList<DocumentParameter>? Parameters { get; init; }

        public IReadOnlyList<string>? PlatformTypes { get; init; }

        public string? DocumentType { get; init; }

        public string? SchemaVersion { get; init; }

        public string? LatestVersion { get; init; }

        public string? DefaultVersion { get; init; }

        public string? DocumentFormat { get; init; }

        public IReadOnlyList<Tag>? Tags { get; init; }
    }

    public sealed record DocumentParameter
    {
        public string? Name { get; init; }

        public string? Type { get; init; }

        public string? Description { get; init; }

        public string? DefaultValue { get; init; }
    }
}
