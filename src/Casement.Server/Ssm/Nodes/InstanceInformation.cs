using Casement.Aws.Wire;
using Casement.Storage;

namespace Casement.Server.Ssm.Nodes;

/// <summary>A node as it is listed.</summary>
public sealed record InstanceInformation
{
    internal const string ManagedSource = "AWS::SSM::ManagedInstance";

    public string? InstanceId { get; init; }

    public string? PingStatus { get; init; }

    public DateTimeOffset? LastPingDateTime { get; init; }

    public string? AgentVersion { get; init; }

    public string? PlatformType { get; init; }

    public string? PlatformName { get; init; }

    public string? PlatformVersion { get; init; }

    public string? ActivationId { get; init; }

    public string? IamRole { get; init; }

    public DateTimeOffset? RegistrationDate { get; init; }

    public string? ResourceType { get; init; }

    public string? Name { get; init; }

    [Sensitive]
    public string? IPAddress { get; init; }

    public string? ComputerName { get; init; }

    public string? SourceId { get; init; }

    public string? SourceType { get; init; }

    internal static InstanceInformation Of(NodeRow node, NodeContacts contacts, Clock clock)
    {
        var last = contacts.Last(node.NodeId, node.LastSeenMs, clock);
        return new InstanceInformation
        {
            InstanceId = node.NodeId,
            PingStatus = PingStatusOf(last, clock),
            LastPingDateTime = last,
            AgentVersion = node.Report.AgentVersion,
            PlatformType = node.Report.PlatformType,
            PlatformName = node.Report.PlatformName,
            PlatformVersion = node.Report.PlatformVersion,
            ActivationId = node.ActivationId,
            IamRole = node.Role,
            RegistrationDate = DateTimeOffset.FromUnixTimeMilliseconds(node.RegisteredMs),
            ResourceType = ResourceTypeOf(node),
            Name = node.Name,
            IPAddress = node.Report.Address,
            ComputerName = node.Report.ComputerName,
            SourceId = node.NodeId,
            SourceType = ManagedSource,
        };
    }

    internal static string PingStatusOf(DateTimeOffset? last, Clock clock) => NodeContacts.IsOnline(last, clock) ? "Online" : "ConnectionLost";

    internal static string ResourceTypeOf(NodeRow node) => node.NodeId.StartsWith("mi-", StringComparison.Ordinal) ? "ManagedInstance" : "EC2Instance";
}
