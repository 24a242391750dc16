using System.Diagnostics;
using System.Security.Cryptography;
using Casement.Aws.Nodes;

namespace Casement.Agent.Server;

/// <summary>Makes this machine a node, once.</summary>
internal sealed class Enrolment(ServerConnection server, NodeDirectory directory, AgentLog log, TimeProvider clock)
{
    /// <returns>The registration, or the server's refusal.</returns>
    internal async Task<ServerAnswer<Registration>> RegisterAsync(
        Uri endpoint, string region, string activationId, string code, CancellationToken stop)
    {
        using var key = RSA.Create(2048);
        directory.StoreKey(key);
        var fingerprint = new Guid(RandomNumberGenerator.GetBytes(16)).ToString();
        var request = new RegisterManagedInstanceRequest(
            activationId, code, Convert.ToBase64String(key.ExportSubjectPublicKeyInfo()), "Rsa", fingerprint);
        var pause = new Pauses().WhileAway;
        while (true)
        {
            switch (await server.CallAsync(ServerCalls.Register, request, null, stop))
            {
                case ServerAnswer<RegisterManagedInstanceReply>.Done({ InstanceId: { Length: > 3 } id }):
                    var registration = new Registration(id, region, endpoint.ToString(), fingerprint);
                    directory.StoreRegistration(registration);
                    log.Say($"Registered as {id}.");
                    return new ServerAnswer<Registration>.Done(registration);
                case ServerAnswer<RegisterManagedInstanceReply>.Done:
                    return new ServerAnswer<Registration>.Refused("InternalServerError", "The answer holds no node id.");
                case ServerAnswer<RegisterManagedInstanceReply>.Refused(var fault, var message):
                    return new ServerAnswer<Registration>.Refused(fault, message);
                case ServerAnswer<RegisterManagedInstanceReply>.Away(var reason):
                    log.Trouble("session", $"{endpoint} does not answer: {reason}. Trying on.");
                    await Task.Delay(pause.Next(), clock, stop);
                    break;
                default:
                    throw new UnreachableException();
            }
        }
    }
}
