using Casement.Agent.Posix;
using Casement.Agent.Server;

namespace Casement.Agent.Commands;

/// <summary>
/// What every command on this node is carried out with. The reboot command is a line for the shell, null where scripts
/// may not restart the machine; the umask is that of the process that started the agent, and scripts get it back.
/// </summary>
internal sealed record NodeContext(
    Registration Node, Machine Machine, string? RebootCommand, uint Umask, AgentLog Log, TimeProvider Clock);
