using System.Security.Cryptography;
using System.Text;
using Casement.Aws;
using Casement.Aws.Wire;
using Casement.Server.Operations;
using Casement.Storage;

namespace Casement.Server.Ssm.Nodes;

/// <summary>A machine becomes a node. Unsigned: the activation's code is the credential, so guessing it is slowed down.</summary>
public sealed class RegisterManagedInstance : Operation<RegisterManagedInstance.Request, RegisterManagedInstance.Reply>
{
    public override Service Service => Service.Ssm;

    public override Effect Effect => Effect.Write;

    public override Proof Proof => Proof.None;

    protected override async Task<Reply> Handle(Request request, Call call)
    {
        var limiter = call.Backstage.Limiter;
        limiter.ThrowIfBlocked(call.Source.Ip);
        var found = call.Read(tx => Activations.Find(tx, request.ActivationId!));
        if (found is not null)
        {
            call.Enter(found.Scope);
        }

        try
        {
            var nodeId = await call.Write(tx => Register(tx, request, call));
            CrashPoint.Pass(CrashPoint.NodeRegistered);
            return new Reply { InstanceId = nodeId };
        }
        catch (AwsException)
        {
            limiter.Failed(call.Source.Ip);
            throw;
        }
    }

    private static string Register(Tx tx, Request request, Call call)
    {
        var activation = Activations.Find(tx, request.ActivationId!);

        // an unknown id and a wrong code are the same work and the same answer
        var codeFits = CryptographicOperations.FixedTimeEquals(
            Encoding.ASCII.GetBytes(CreateActivation.HashOf(request.ActivationCode!)), Encoding.ASCII.GetBytes(activation?.CodeHash ?? new string('0', 64)));
        if (activation is null || !codeFits)
        {
            throw new AwsException("InvalidActivation", "The activation is not valid: its id or its code is wrong, or it was deleted.");
        }

        if (!NodeKeys.TryRead(request.PublicKey, request.PublicKeyType, out var key, out var keyHash))
        {
            throw new AwsException("InvalidPublicKey", "PublicKey must be an RSA key of 2048 to 8192 bits: base64 of its DER SubjectPublicKeyInfo, with PublicKeyType Rsa.");
        }

        if (Storage.Nodes.FindByKey(tx, keyHash) is { } known)
        {
            // a machine that never heard the answer asks again with the same key: it is that node, and nothing is used up
            return known.ActivationId == activation.ActivationId
                ? known.NodeId
                : throw new AwsException("InstanceAlreadyRegistered", "A node with this public key is registered already: make a new key to register again.");
        }

        if (activation.ExpiresMs <= call.NowMs)
        {
            throw new AwsException("ActivationExpired", $"The activation {activation.ActivationId} has expired: create another.");
        }

        if (activation.Used >= activation.MaxUses)
        {
            throw new AwsException("RegistrationLimitExceeded", $"The activation {activation.ActivationId} was already used {activation.Used} times, as often as it allows.");
        }

        Activations.Use(tx, activation.ActivationId);
        var node = new NodeRow(
            Ids.Hex17("mi-"), activation.Scope, key, keyHash, request.Fingerprint, activation.ActivationId, activation.Role,
            activation.Terms.DefaultInstanceName, new NodeReport(), call.NowMs, null);
        Storage.Nodes.Insert(tx, node);
        Storage.Tags.Set(tx, activation.Scope, Storage.Nodes.TagKind, node.NodeId, activation.Terms.Tags);
        return node.NodeId;
    }

    public sealed record Request
    {
        [Required, Length(36, 36)]
        public string? ActivationId { get; init; }

        [Required, Sensitive, Length(20, 250)]
        public string? ActivationCode { get; init; }

        [Required, Length(1, 4096)]
        public string? PublicKey { get; init; }

        [EnumValues("Rsa")]
        public string? PublicKeyType { get; init; }

        [Length(0, 256)]
        public string? Fingerprint { get; init; }
    }

    public sealed record Reply
    {
        public string? InstanceId { get; init; }
    }
}
