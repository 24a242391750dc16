using System.Diagnostics;
using System.Security.Cryptography;
using Casement.Aws.Nodes;
using Casement.Aws.Signing;

namespace Casement.Agent.Server;

/// <summary>
/// Calls as this node: fetches the role's temporary credentials with the node's key, renews them at half of their life,
/// and asks for new ones when the server does not take the old ones any more. They stay in memory: a file of them would
/// reach every script. The key is replaced when it is old or the server asks for it.
/// </summary>
internal sealed class NodeSession(
    ServerConnection server, Registration node, NodeKey key, AgentLog log, TimeProvider clock) : IDisposable
{
    private const string Subject = "session";
    private static readonly string[] _staleCredentials =
        ["ExpiredToken", "ExpiredTokenException", "UnrecognizedClientException", "InvalidClientTokenId", "RequestExpired"];

    private readonly SemaphoreSlim _oneAtATime = new(1, 1);
    private Credentials? _current;

    /// <summary>One attempt.</summary>
    internal async Task<ServerAnswer<TReply>> CallAsync<TRequest, TReply>(
        ServerCall<TRequest, TReply> call, TRequest request, CancellationToken stop)
    {
        var answer = await CallOnceAsync(call, request, stop);
        if (answer is ServerAnswer<TReply>.Refused refused && _staleCredentials.Contains(refused.Code))
        {
            _current = null;
            answer = await CallOnceAsync(call, request, stop);
        }
        return answer;
    }

    /// <summary>
    /// Tries until the server has answered, for as long as that takes. A refusal of the node as such (deregistered, role
    /// without permission) is waited out too: it says nothing about this call.
    /// </summary>
    internal async Task<ServerAnswer<TReply>> InsistAsync<TRequest, TReply>(
        ServerCall<TRequest, TReply> call, TRequest request, CancellationToken stop)
    {
        var pauses = new Pauses();
        while (true)
        {
            var answer = await CallAsync(call, request, stop);
            if (answer is ServerAnswer<TReply>.Done)
            {
                SayBack();
                return answer;
            }
            if (answer is ServerAnswer<TReply>.Refused refused && !IsAboutNode(refused.Code))
            {
                return answer;
            }
            await PauseAsync(answer, pauses, stop);
        }
    }

    /// <summary>Says what is wrong, once, and waits before the next attempt.</summary>
    internal async Task PauseAsync<TReply>(ServerAnswer<TReply> failure, Pauses pauses, CancellationToken stop)
    {
        switch (failure)
        {
            case ServerAnswer<TReply>.Refused(var code, var message):
                log.Trouble(Subject, $"The server refuses this node ({node.InstanceId}): {code}: {message}");
                await Task.Delay(pauses.WhileRefused.Next(), clock, stop);
                break;
            case ServerAnswer<TReply>.Away(var reason):
                log.Trouble(Subject, $"{node.Endpoint} does not answer: {reason}. Trying on.");
                await Task.Delay(pauses.WhileAway.Next(), clock, stop);
                break;
            default:
                throw new UnreachableException();
        }
    }

    internal void SayBack() => log.Over(Subject, "The server answers again.");

    public void Dispose() => _oneAtATime.Dispose();

    private static bool IsAboutNode(string code) =>
        _staleCredentials.Contains(code)
        || code is "AccessDeniedException" or "AccessDenied" or "InvalidInstanceId" or "MachineFingerprintDoesNotMatch"
            or "InvalidSignatureException" or "SignatureDoesNotMatch" or "AuthorizationFailureException"
            or "IncompleteSignatureException" or "MissingAuthenticationTokenException";

    private async Task<ServerAnswer<TReply>> CallOnceAsync<TRequest, TReply>(
        ServerCall<TRequest, TReply> call, TRequest request, CancellationToken stop)
    {
        return await CredentialsAsync(stop) switch
        {
            ServerAnswer<Credentials>.Done(var credentials) => await server.CallAsync(
                call, request,
                message => SigV4.Sign(message, credentials.Keys, node.Region, call.Service, clock.GetUtcNow()), stop),
            ServerAnswer<Credentials>.Refused(var code, var message) => new ServerAnswer<TReply>.Refused(
                IsAboutNode(code) ? code : "AccessDeniedException", message),
            ServerAnswer<Credentials>.Away(var reason) => new ServerAnswer<TReply>.Away(reason),
            _ => throw new UnreachableException(),
        };
    }

    private async Task<ServerAnswer<Credentials>> CredentialsAsync(CancellationToken stop)
    {
        await _oneAtATime.WaitAsync(stop);
        try
        {
            if (_current is { } current && clock.GetUtcNow() < current.RenewAt)
            {
                return new ServerAnswer<Credentials>.Done(current);
            }
            var answer = await RenewAsync(stop);
            // half of the life is left when a renewal fails for the first time
            return answer is ServerAnswer<Credentials>.Away && _current is { } old && clock.GetUtcNow() < old.ExpiresAt
                ? new ServerAnswer<Credentials>.Done(old)
                : answer;
        }
        finally
        {
            _oneAtATime.Release();
        }
    }

    private async Task<ServerAnswer<Credentials>> RenewAsync(CancellationToken stop)
    {
        var answer = await AskForTokenAsync(stop);
        switch (answer)
        {
            case ServerAnswer<RequestManagedInstanceRoleTokenReply>.Done(var reply):
                if (reply is not { AccessKeyId: { } id, SecretAccessKey: { } secret, SessionToken: { } token })
                {
                    return new ServerAnswer<Credentials>.Away("the server's role token is not complete");
                }
                var now = clock.GetUtcNow();
                _current = new Credentials(
                    new AwsCredentials(id, secret, token), now + (reply.TokenExpirationDate - now) / 2,
                    reply.TokenExpirationDate);
                if (reply.UpdateKeyPair || key.IsOld)
                {
                    await ReplaceKeyAsync(stop);
                }
                return new ServerAnswer<Credentials>.Done(_current);
            case ServerAnswer<RequestManagedInstanceRoleTokenReply>.Refused(var code, var message):
                _current = null;
                return new ServerAnswer<Credentials>.Refused(code, message);
            case ServerAnswer<RequestManagedInstanceRoleTokenReply>.Away(var reason):
                return new ServerAnswer<Credentials>.Away(reason);
            default:
                throw new UnreachableException();
        }
    }

    private async Task<ServerAnswer<RequestManagedInstanceRoleTokenReply>> AskForTokenAsync(CancellationToken stop)
    {
        var request = new RequestManagedInstanceRoleTokenRequest(node.Fingerprint);
        var answer = await server.CallAsync(ServerCalls.RoleToken, request, SignerOf(key.Present), stop);
        if (answer is not ServerAnswer<RequestManagedInstanceRoleTokenReply>.Refused || key.Next is not { } next)
        {
            return answer;
        }
        // the server's answer to the replacement did not come through: it may have replaced the key
        var second = await server.CallAsync(ServerCalls.RoleToken, request, SignerOf(next), stop);
        if (second is not ServerAnswer<RequestManagedInstanceRoleTokenReply>.Done)
        {
            return answer;
        }
        key.Finish();
        return second;
    }

    private async Task ReplaceKeyAsync(CancellationToken stop)
    {
        var offered = new UpdateManagedInstancePublicKeyRequest(RegistrationKey.Public(key.Begin()), "Rsa");
        switch (await server.CallAsync(ServerCalls.ReplaceKey, offered, SignerOf(key.Present), stop))
        {
            case ServerAnswer<EmptyReply>.Done:
                CrashPoint.Pass(CrashPoint.AgentKeyAccepted);
                key.Finish();
                log.Say("This node has a new key.");
                break;
            case ServerAnswer<EmptyReply>.Refused(var code, var message):
                key.GiveUp();
                log.Say($"The server does not take a new key: {code}: {message} The present one stays.");
                break;
            case ServerAnswer<EmptyReply>.Away(var reason):
                // whether it arrived shows when the next token is asked for
                log.Detail($"No answer to the new key: {reason}.");
                break;
            default:
                throw new UnreachableException();
        }
    }

    private Signer SignerOf(RSA signing) => message => SigV4.SignRsa(
        message, node.InstanceId, signing, node.Region, ServerCalls.RoleToken.Service, clock.GetUtcNow());

    private sealed record Credentials(AwsCredentials Keys, DateTimeOffset RenewAt, DateTimeOffset ExpiresAt);
}
