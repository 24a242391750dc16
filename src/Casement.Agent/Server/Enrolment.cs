using System.Diagnostics;
using System.Security.Cryptography;
using Casement.Aws.Nodes;

namespace Casement.Agent.Server;

/// <summary>What a machine registers with.</summary>
internal static class RegistrationKey
{
    internal const int Bits = 2048;

    internal static string Public(RSA key) => Convert.ToBase64String(key.ExportSubjectPublicKeyInfo());

    /// <summary>Follows from the key, so that a registration asked for again after a crash says the same.</summary>
    internal static string Fingerprint(RSA key) =>
        new Guid(SHA256.HashData(key.ExportSubjectPublicKeyInfo()).AsSpan(0, 16)).ToString();
}

/// <summary>
/// Makes this machine a node, once. The key is stored before the server is asked: when the answer is lost, in whatever way, the
/// same key asks again, and the server answers with the node that it has made already.
/// </summary>
internal sealed class Enrolment(ServerConnection server, NodeDirectory directory, AgentLog log, TimeProvider clock)
{
    private const string KeyOfAnother = "InstanceAlreadyRegistered";

    /// <returns>The registration, or the server's refusal.</returns>
    internal async Task<ServerAnswer<Registration>> RegisterAsync(
        Uri endpoint, string region, string activationId, string code, CancellationToken stop)
    {
        using var kept = directory.HasKey ? directory.ReadKey() : null;
        if (kept is not null)
        {
            var answer = await RegisterAsync(kept, endpoint, region, activationId, code, stop);
            if (answer is not ServerAnswer<Registration>.Refused { Code: KeyOfAnother })
            {
                return answer;
            }
            log.Say("This machine's key belongs to a node of another activation; it registers with a new one.");
        }
        using var key = RSA.Create(RegistrationKey.Bits);
        directory.StoreKey(key);
        CrashPoint.Pass(CrashPoint.AgentKeyStored);
        return await RegisterAsync(key, endpoint, region, activationId, code, stop);
    }

    private async Task<ServerAnswer<Registration>> RegisterAsync(
        RSA key, Uri endpoint, string region, string activationId, string code, CancellationToken stop)
    {
        var fingerprint = RegistrationKey.Fingerprint(key);
        var request = new RegisterManagedInstanceRequest(
            activationId, code, RegistrationKey.Public(key), "Rsa", fingerprint);
        var pause = new Pauses().WhileAway;
        while (true)
        {
            switch (await server.CallAsync(ServerCalls.Register, request, null, stop))
            {
                case ServerAnswer<RegisterManagedInstanceReply>.Done({ InstanceId: { Length: > 3 } id }):
                    CrashPoint.Pass(CrashPoint.AgentRegistered);
                    var registration = new Registration(id, region, endpoint.ToString(), fingerprint);
                    directory.StoreRegistration(registration);
                    CrashPoint.Pass(CrashPoint.AgentEnrolled);
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
