using Casement.Aws;
using Casement.Aws.Wire;
using Casement.Server.Operations;

namespace Casement.Server.Ssm.Documents;

public sealed class GetDocument : Operation<GetDocument.Request, GetDocument.Reply>
{
    public override Service Service => Service.Ssm;

    public override Effect Effect => Effect.Read;

    protected override IEnumerable<Access> Needs(Request request, Call call) => [DocumentLibrary.To(Action, request.Name, call)];

    protected override Task<Reply> Handle(Request request, Call call)
    {
        var document = DocumentLibrary.Demand(request.Name!, request.DocumentVersion, request.VersionName);
        if (request.DocumentFormat is not (null or "JSON"))
        {
            throw new AwsException("ValidationException", $"DocumentFormat {request.DocumentFormat}: this version gives documents as JSON only.");
        }

        return Task.FromResult(new Reply
        {
            Name = document.Name,
            CreatedDate = DocumentLibrary.Created,
            DocumentVersion = DocumentLibrary.Version,
            Status = "Active",
            Content = document.Content,
            DocumentType = "Command",
            DocumentFormat = "JSON",
        });
    }

    public sealed record Request
    {
        [Required, Pattern(@"^[a-zA-Z0-9_\-.:/]{3,128}$")]
        public string? Name { get; init; }

        [Pattern(@"^[a-zA-Z0-9_\-.]{1,128}$")]
        public string? VersionName { get; init; }

        [Pattern("([$]LATEST|[$]DEFAULT|^[1-9][0-9]*$)")]
        public string? DocumentVersion { get; init; }

        [EnumValues("YAML", "JSON", "TEXT")]
        public string? DocumentFormat { get; init; }
    }

    public sealed record Reply
    {
        public string? Name { get; init; }

        public DateTimeOffset? CreatedDate { get; init; }

        public string? DocumentVersion { get; init; }

        public string? Status { get; init; }

        public string? Content { get; init; }

        public string? DocumentType { get; init; }

        public string? DocumentFormat { get; init; }
    }
}
