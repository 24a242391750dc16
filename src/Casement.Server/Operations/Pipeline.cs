using Casement.Server.Audit;
using Casement.Aws;
using Casement.Aws.Wire;
using Casement.Storage;

namespace Casement.Server.Operations;

/// <summary>
/// The path behind the wire, the same for clients, console, CLI and engine: permission on the action, the model's
/// constraints, <c>iam:PassRole</c> for each role named, then the operation. Nothing is reached beside it.
/// </summary>
public static class Pipeline
{
    /// <summary>Runs one call to its reply.</summary>
    /// <exception cref="AwsException">Any refusal, already in the audit trail.</exception>
    public static async Task<object> Run(Call call, object request)
    {
        ArgumentNullException.ThrowIfNull(call);
        ArgumentNullException.ThrowIfNull(request);
        var operation = call.Operation;
        call.AuditDoc = AuditText.Of(request);
        try
        {
            if (operation.Proof == Proof.Signature)
            {
                await call.Backstage.Authorizer.Demand(call, operation.NeedsOf(request, call));
            }

            Constraints.ThrowIfBroken(request, operation.Service.Protocol);
            if (operation.Proof == Proof.Signature)
            {
                await call.Backstage.Authorizer.Demand(call, operation.PassesOf(request, call).Select(Authorizer.Pass));
            }

            var reply = await operation.HandleAny(request, call);
            if (!call.Written)
            {
                await call.Backstage.Audit.Gathered(call.Entry("allow", operation.Effect == Effect.Write ? call.AuditDoc : null));
            }

            return reply;
        }
        catch (StorageException e)
        {
            throw new AwsException("InternalServerError", e.Message, 500);
        }
        catch (UnreadableRowException e)
        {
            call.Backstage.Unreadable.Say(e);
            throw new AwsException("InternalServerError", $"{e.Message} The server's log says why.", 500);
        }
        catch (AwsException e) when (!IsDenial(e))
        {
            // allowed, but refused by the service: said in the trail as CloudTrail does, with the error's code
            await call.Backstage.Audit.Gathered(call.Entry("allow", AuditText.WithError(call.AuditDoc, e.Code)));
            throw;
        }
    }

    private static bool IsDenial(AwsException e) => e.Code is "AccessDeniedException" or "AccessDenied";
}
