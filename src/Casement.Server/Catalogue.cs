using Casement.Server.Iam.Actions;
using Casement.Server.Operations;
using Casement.Server.Own;
using Casement.Server.Ssm.Commands;
using Casement.Server.Ssm.Documents;
using Casement.Server.Ssm.Nodes;
using Casement.Server.Ssm.Tags;
using Casement.Server.Ssm.Windows;
using Casement.Server.Sts;

namespace Casement.Server;

/// <summary>Every operation that this version carries out.</summary>
public static class Catalogue
{
    public static IReadOnlyList<Operation> All { get; } =
    [
        .. WindowOperations.All,
        .. NodeOperations.All,
        .. CommandOperations.All,
        .. DocumentOperations.All,
        .. TagOperations.All,
        .. StsOperations.All,
        .. IamOperations.All,
        new MoveClock(),
        new ReadClock(),
    ];
}
