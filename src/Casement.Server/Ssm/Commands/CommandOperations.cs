using Casement.Server.Operations;

namespace Casement.Server.Ssm.Commands;

/// <summary>Commands on nodes.</summary>
internal static class CommandOperations
{
    public static IReadOnlyList<Operation> All { get; } =
        [new SendCommand(), new ListCommands(), new ListCommandInvocations(), new GetCommandInvocation(), new CancelCommand()];
}
