using Casement.Server.Operations;

namespace Casement.Server.Ssm.Documents;

/// <summary>Documents that nodes can run.</summary>
internal static class DocumentOperations
{
    public static IReadOnlyList<Operation> All { get; } = [new DescribeDocument(), new GetDocument(), new ListDocuments()];
}
