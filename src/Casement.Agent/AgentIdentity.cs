using System.Security.Cryptography;
using System.Text;
using Casement.Agent.Posix;
using Casement.Agent.Server;
using Casement.Aws.Nodes;

namespace Casement.Agent;

/// <summary>How the agent names itself and what it sends.</summary>
internal static class AgentIdentity
{
    internal const string Name = "casement-agent";

    internal static string Version { get; } =
        (typeof(AgentIdentity).Assembly.GetName().Version ?? new Version(1, 0, 0, 0)).ToString(4);

    /// <summary>
    /// The id of a reply follows from what it is about, so a reply that is sent again after a crash is the same one.
    /// </summary>
    internal static string ReplyId(string messageId, string what)
    {
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes($"{messageId}/{what}"));
        return new Guid(hash.AsSpan(0, 16)).ToString();
    }

    internal static string RandomId() => new Guid(RandomNumberGenerator.GetBytes(16)).ToString();

    internal static UpdateInstanceInformationRequest Describe(Registration node, Machine machine, string? name) => new(
        node.InstanceId, Name, Version, "Active", "Linux", machine.PlatformName, machine.PlatformVersion,
        name ?? machine.HostName, machine.Address, SSMConnectionChannel: "ec2messages");
}
