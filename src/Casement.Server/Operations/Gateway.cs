using System.Buffers;
using Casement.Aws;
using Casement.Aws.Signing;
using Casement.Aws.Wire;
using Casement.Storage;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Casement.Server.Operations;

/// <summary>
/// Turns an HTTP request into a call and its outcome into a reply. Order: limits and routing, authentication, reading the
/// body; then <see cref="Pipeline"/>. The reply is written after the commit that holds its effect returned.
/// </summary>
public sealed partial class Gateway(Backstage backstage, OperationTable table, SourceLimiter limiter, CallerLimiter callers, ILogger<Gateway> logger)
{
    /// <summary>The largest body that is read, in bytes.</summary>
    public const int BodyMax = 1 << 20;

    // longer ones are nobody's, and would fill the trail
    private const int KeyIdMax = 128;

    private static readonly PathString[] ControlChannels = ["/v1/control-channel", "/v1/data-channel"];

    public async Task Serve(HttpContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        if (ControlChannels.Any(p => context.Request.Path.StartsWithSegments(p, StringComparison.Ordinal)))
        {
            await RefuseControlChannel(context);
            return;
        }

        CrashPoint.Pass(CrashPoint.RequestArrived);
        Route? route = null;
        var requestId = Ids.Uuid();
        try
        {
            var message = await RequestReader.Read(context);
            CrashPoint.Pass(CrashPoint.RequestRead);
            var form = FormOf(message);
            route = Routing.Of(message, form);
            if (route is null)
            {
                throw new AwsException("UnknownOperationException", "The request names no operation: neither X-Amz-Target nor Action.");
            }

            var operation = table.Find(route.Service, route.OperationName) ?? throw Unknown(route);
            var call = await Authenticate(context, message, operation, requestId);
            CrashPoint.Pass(CrashPoint.RequestAuthenticated);
            var request = operation.Service.Protocol == WireProtocol.Query
                ? QueryWire.Read(operation.RequestType, form)
                : JsonWire.Read(operation.RequestType, BodyOrEmpty(message));
            CrashPoint.Pass(CrashPoint.RequestParsed);
            await Reply(context, call, await Pipeline.Run(call, request));
            CrashPoint.Pass(CrashPoint.RequestAnswered);
        }
        catch (AwsException e)
        {
            await Fail(context, route, requestId, e);
        }
        catch (BadHttpRequestException e)
        {
            await Fail(context, route, requestId, new AwsException(
                e.StatusCode == StatusCodes.Status413PayloadTooLarge ? "RequestEntityTooLargeException" : "SerializationException",
                e.StatusCode == StatusCodes.Status413PayloadTooLarge ? $"The request body is larger than {BodyMax} bytes." : e.Message, e.StatusCode));
        }
        catch (StorageException e)
        {
            // before the pipeline: who it is could not be looked up
            await Fail(context, route, requestId, new AwsException("InternalServerError", e.Message, 500));
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // the client left: there is nobody to answer
        }
        catch (Exception e) when (e is not IOException || !context.RequestAborted.IsCancellationRequested)
        {
            Broken(e, route?.OperationName ?? "?", requestId);
            await Fail(context, route, requestId, new AwsException("InternalServerError", $"Casement failed on this request; its log names it by {requestId}.", 500));
        }
    }

    private async Task<Call> Authenticate(HttpContext context, HttpMessage message, Operation operation, string requestId)
    {
        var source = SourceOf(context, message);
        if (operation.Proof == Proof.None)
        {
            return new Call(backstage, operation, new Scope("", ""), new Principal.Anonymous(), source, context.RequestAborted) { RequestId = requestId };
        }

        var now = backstage.Clock.RealNow;
        var read = SigV4.TryRead(message, out var claim, out var fault);
        Principal? principal = null;
        if (read)
        {
            fault = SigV4.Check(message, claim!, operation.Service.Name, now);
            if (fault is null)
            {
                (principal, fault) = operation.Proof == Proof.NodeKey
                    ? backstage.Credentials.IdentifyNode(message, claim!)
                    : backstage.Credentials.Identify(message, claim!, now);
            }
        }

        if (fault is not null || principal is null)
        {
            // callers with good keys are not slowed by a bad one at the same address
            limiter.ThrowIfBlocked(source.Ip);
            limiter.Failed(source.Ip);
            var refusal = (fault ?? new AuthFault.MissingToken()).ToException(operation.Service.Protocol);
            await backstage.Audit.Gathered(Unauthenticated(claim, source, operation, requestId, refusal));
            throw refusal;
        }

        callers.Admit(principal, operation.Service.Protocol);
        return new Call(backstage, operation, new Scope(principal.Account, claim!.Region), principal, source, context.RequestAborted)
        {
            RequestId = requestId,
            InvocationId = message.Header("amz-sdk-invocation-id"),
        };
    }

    private AuditEntry Unauthenticated(SignatureClaim? claim, Source source, Operation operation, string requestId, AwsException refusal)
    {
        var keyId = claim?.AccessKeyId is { Length: <= KeyIdMax } known ? known : "none";
        return new AuditEntry(
            backstage.Clock.NowMs, new Scope(Ids.AccountOf(keyId) ?? "", claim?.Region ?? ""), keyId, operation.Action, "", "unauthenticated", refusal.Code,
            requestId, source.Ip, null);
    }

    private static Source SourceOf(HttpContext context, HttpMessage message)
    {
        var ip = context.Connection.RemoteIpAddress;
        return new Source(
            (ip is { IsIPv4MappedToIPv6: true } ? ip.MapToIPv4() : ip)?.ToString(), context.Request.IsHttps, message.Header("user-agent"), message.Header("referer"));
    }

    private static QueryParameters FormOf(HttpMessage message)
    {
        if (message.Header("x-amz-target") is not null)
        {
            return QueryWire.Parse([]);
        }

        // a presigned POST says that it is a form, and has everything in its query
        var type = message.Header("content-type") ?? "";
        return !message.Body.IsEmpty && type.StartsWith("application/x-www-form-urlencoded", StringComparison.OrdinalIgnoreCase)
            ? QueryWire.Parse(message.Body.Span)
            : QueryWire.Parse(System.Text.Encoding.UTF8.GetBytes(message.RawQuery));
    }

    private static ReadOnlySpan<byte> BodyOrEmpty(HttpMessage message) => message.Body.IsEmpty ? "{}"u8 : message.Body.Span;

    private static AwsException Unknown(Route route) => route.Service.Protocol == WireProtocol.Query
        ? new AwsException("InvalidAction", $"Could not find operation {route.OperationName} for version {route.Service.Prefix}")
        : new AwsException("UnknownOperationException", $"{route.OperationName} is not an operation of Casement's {route.Service.Name}; docs/compatibility.md lists those that are.");

    private static async Task Reply(HttpContext context, Call call, object reply)
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        var service = call.Operation.Service;
        if (service.Protocol == WireProtocol.Query)
        {
            QueryWire.WriteReply(buffer, call.Operation.Name, service.Namespace, reply is Nothing ? null : reply, call.RequestId);
        }
        else
        {
            JsonWire.Write(buffer, reply);
        }

        foreach (var (name, value) in call.Headers)
        {
            context.Response.Headers.Append(name, value);
        }

        await Write(context, service.Protocol, 200, call.RequestId, buffer.WrittenMemory);
    }

    private static async Task Fail(HttpContext context, Route? route, string requestId, AwsException e)
    {
        if (context.Response.HasStarted)
        {
            return;
        }

        var protocol = route?.Service.Protocol ?? WireProtocol.Json11;
        var buffer = new ArrayBufferWriter<byte>(256);
        if (protocol == WireProtocol.Query)
        {
            QueryWire.WriteError(buffer, e, route!.Service.Namespace, requestId);
        }
        else
        {
            JsonWire.WriteError(buffer, e, ErrorShapes.HasUpperCaseMessage(e.Code));
            context.Response.Headers.Append("x-amzn-ErrorType", e.Code);
        }

        await Write(context, protocol, e.Status, requestId, buffer.WrittenMemory);
    }

    private static async Task Write(HttpContext context, WireProtocol protocol, int status, string requestId, ReadOnlyMemory<byte> body)
    {
        var response = context.Response;
        response.StatusCode = status;
        response.ContentType = protocol == WireProtocol.Query ? "text/xml" : "application/x-amz-json-1.1";
        response.Headers.Append("x-amzn-RequestId", requestId);
        response.ContentLength = body.Length;
        await response.Body.WriteAsync(body);
    }

    // the stock agent asks for a web socket too, and stays with polling only when the answer holds this very element
    private static async Task RefuseControlChannel(HttpContext context)
    {
        context.Response.StatusCode = StatusCodes.Status403Forbidden;
        context.Response.ContentType = "application/xml";
        await context.Response.WriteAsync(
            "<AccessDeniedException><Message>Casement delivers messages by polling; there is no control channel.</Message></AccessDeniedException>");
    }

    [LoggerMessage(1001, LogLevel.Error, "{Operation} failed, request {RequestId}")]
    private partial void Broken(Exception e, string operation, string requestId);
}
