using System.Diagnostics;
using Casement.Aws;
using Casement.Aws.Wire;
using Casement.Server.Operations;
using Casement.Storage;

namespace Casement.Server.Ssm.Nodes;

/// <summary>A node signs with its own key and gets a session of its role, bound to it, for an hour.</summary>
public sealed class RequestManagedInstanceRoleToken : Operation<RequestManagedInstanceRoleToken.Request, RequestManagedInstanceRoleToken.Reply>
{
    private static readonly TimeSpan Life = TimeSpan.FromHours(1);

    public override Service Service => Service.Ssm;

    public override Effect Effect => Effect.Read;

    public override Proof Proof => Proof.NodeKey;

    protected override Task<Reply> Handle(Request request, Call call)
    {
        var node = OwnNode(call);
        var role = call.Read(tx => NodeRole.Find(tx, call.Scope, node.Role));
        if (role is null || !NodeRole.IsTrusted(call, role))
        {
            throw new AwsException(
                "InvalidInstanceId", $"The role {node.Role} of node {node.NodeId} does not exist or does not trust ssm.amazonaws.com: change it with UpdateManagedInstanceRole.");
        }

        var now = call.Backstage.Clock.RealNow;
        var session = new Principal.RoleSession(call.Scope.Account, role.Id, role.Name, role.Path, node.NodeId, now)
        {
            Node = new NodeSeat(node.NodeId, node.Scope.Region),
        };
        var keys = call.Backstage.Credentials.Sessions.Issue(session, now + Life);
        call.Backstage.Contacts.Touch(node.NodeId, now);

        // the stock agent needs all five members, the last one false included
        return Task.FromResult(new Reply
        {
            AccessKeyId = keys.AccessKeyId,
            SecretAccessKey = keys.SecretAccessKey,
            SessionToken = keys.SessionToken,
            TokenExpirationDate = keys.Expires,
            UpdateKeyPair = false,
        });
    }

    /// <summary>The node that signed, in the region that it signed for.</summary>
    internal static NodeRow OwnNode(Call call)
    {
        var key = call.Principal as Principal.NodeKey ?? throw new UnreachableException();
        return call.Read(tx => Storage.Nodes.Find(tx, call.Scope, key.NodeId)) ?? throw NodeAccess.NotHere(call, key.NodeId);
    }

    public sealed record Request
    {
        [Length(0, 256)]
        public string? Fingerprint { get; init; }
    }

    public sealed record Reply
    {
        public string? AccessKeyId { get; init; }

        [Sensitive]
        public string? SecretAccessKey { get; init; }

        [Sensitive]
        public string? SessionToken { get; init; }

        public DateTimeOffset? TokenExpirationDate { get; init; }

        public bool? UpdateKeyPair { get; init; }
    }
}
