using Casement.Aws.Wire;
using Casement.Server.Operations;
using Casement.Storage;

namespace Casement.Server.Ssm.Nodes;

/// <summary>
/// A node's heartbeat. Members that it leaves out keep their value: the stock agent's first one names nearly nothing, and when it
/// fails the agent sleeps for minutes.
/// </summary>
public sealed class UpdateInstanceInformation : Operation<UpdateInstanceInformation.Request, Nothing>
{
    public override Service Service => Service.Ssm;

    public override Effect Effect => Effect.Write;

    public override bool IsSignOfLife => true;

    protected override IEnumerable<Access> Needs(Request request, Call call) => [NodeAccess.To(Action, request.InstanceId, call)];

    protected override async Task<Nothing> Handle(Request request, Call call)
    {
        await NodeAccess.Seat(call, request.InstanceId!);
        var node = call.Read(tx => Storage.Nodes.Find(tx, call.Scope, request.InstanceId!)) ?? throw NodeAccess.NotHere(call, request.InstanceId!);
        if (Merged(node.Report, request) != node.Report)
        {
            await call.Write(tx =>
            {
                if (Storage.Nodes.Find(tx, call.Scope, node.NodeId) is { } current)
                {
                    Storage.Nodes.SetReport(tx, call.Scope, node.NodeId, Merged(current.Report, request));
                }
            });
        }

        return Nothing.Instance;
    }

    private static NodeReport Merged(NodeReport known, Request news) => new()
    {
        AgentName = Later(known.AgentName, news.AgentName),
        AgentVersion = Later(known.AgentVersion, news.AgentVersion),
        PlatformType = Later(known.PlatformType, news.PlatformType),
        PlatformName = Later(known.PlatformName, news.PlatformName),
        PlatformVersion = Later(known.PlatformVersion, news.PlatformVersion),
        ComputerName = Later(known.ComputerName, news.ComputerName),
        Address = Later(known.Address, news.IPAddress),
    };

    private static string? Later(string? known, string? news) => string.IsNullOrEmpty(news) ? known : news;

    public sealed record Request
    {
        [Required, Length(1, 124)]
        public string? InstanceId { get; init; }

        [Length(0, 256)]
        public string? AgentName { get; init; }

        [Length(0, 64)]
        public string? AgentVersion { get; init; }

        [Length(0, 64)]
        public string? AgentStatus { get; init; }

        [Length(0, 64)]
        public string? PlatformType { get; init; }

        [Length(0, 256)]
        public string? PlatformName { get; init; }

        [Length(0, 256)]
        public string? PlatformVersion { get; init; }

        [Length(0, 255)]
        public string? ComputerName { get; init; }

        [Sensitive, Length(0, 46)]
        public string? IPAddress { get; init; }

        [Length(0, 64)]
        public string? AvailabilityZone { get; init; }

        [Length(0, 64)]
        public string? AvailabilityZoneId { get; init; }

        [Length(0, 64)]
        public string? SSMConnectionChannel { get; init; }
    }
}
