using Casement.Aws;
using Casement.Aws.Wire;
using Casement.Server.Operations;

namespace Casement.Server.Ssm.Nodes;

/// <summary>Replaces a node's key; signed with the old one. Old and new never both count.</summary>
public sealed class UpdateManagedInstancePublicKey : Operation<UpdateManagedInstancePublicKey.Request, Nothing>
{
    public override Service Service => Service.Ssm;

    public override Effect Effect => Effect.Write;

    public override Proof Proof => Proof.NodeKey;

    protected override async Task<Nothing> Handle(Request request, Call call)
    {
        var node = RequestManagedInstanceRoleToken.OwnNode(call);
        if (!NodeKeys.TryRead(request.NewPublicKey, request.NewPublicKeyType, out var key, out var hash))
        {
            throw new AwsException("InvalidPublicKey", "NewPublicKey must be an RSA key of 2048 to 8192 bits: base64 of its DER SubjectPublicKeyInfo, with NewPublicKeyType Rsa.");
        }

        await call.Write(tx =>
        {
            if (Storage.Nodes.KeyTaken(tx, hash))
            {
                throw new AwsException("PublicKeyAlreadyRegistered", "A node with this public key is registered already.");
            }

            Storage.Nodes.SetKey(tx, call.Scope, node.NodeId, key, hash);
        });
        CrashPoint.Pass(CrashPoint.NodeKeyReplaced);
        return Nothing.Instance;
    }

    public sealed record Request
    {
        [Required, Length(1, 4096)]
        public string? NewPublicKey { get; init; }

        [EnumValues("Rsa")]
        public string? NewPublicKeyType { get; init; }
    }
}
