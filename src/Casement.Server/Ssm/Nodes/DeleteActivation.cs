using Casement.Aws;
using Casement.Aws.Wire;
using Casement.Server.Operations;
using Casement.Storage;

namespace Casement.Server.Ssm.Nodes;

/// <summary>Ends an activation; nodes that registered with it stay.</summary>
public sealed class DeleteActivation : Operation<DeleteActivation.Request, Nothing>
{
    public override Service Service => Service.Ssm;

    public override Effect Effect => Effect.Write;

    protected override async Task<Nothing> Handle(Request request, Call call)
    {
        await call.Write(tx =>
        {
            if (!Activations.Delete(tx, call.Scope, request.ActivationId!))
            {
                throw new AwsException("InvalidActivationId", $"The activation {request.ActivationId} does not exist.");
            }
        });
        return Nothing.Instance;
    }

    public sealed record Request
    {
        [Required, Pattern("^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$")]
        public string? ActivationId { get; init; }
    }
}
