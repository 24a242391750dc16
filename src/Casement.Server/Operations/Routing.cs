using Casement.Aws;
using Casement.Aws.Signing;
using Casement.Aws.Wire;

namespace Casement.Server.Operations;

/// <summary>What a request asks for, before anything is known about its sender.</summary>
/// <param name="Service">Decides the protocol of the reply, also of a refusal.</param>
/// <param name="OperationName">The wire name, known or not.</param>
internal sealed record Route(Service Service, string OperationName);

/// <summary>Finds service and operation: the target header for JSON, the parameters and the signature's scope for Query, the path for our own.</summary>
internal static class Routing
{
    private const string OwnPrefix = "/casement/";

    public static Route? Of(HttpMessage message, QueryParameters form)
    {
        if (message.Header("x-amz-target") is { } target)
        {
            var dot = target.LastIndexOf('.');
            var prefix = dot < 0 ? "" : target[..dot];
            var service = Service.All.FirstOrDefault(s => s.Protocol == WireProtocol.Json11 && s.Prefix == prefix);
            return new Route(service ?? Service.Ssm, service is null ? target : target[(dot + 1)..]);
        }

        if (message.RawPath.StartsWith(OwnPrefix, StringComparison.Ordinal))
        {
            return new Route(Service.Casement, NameOf(message.RawPath[OwnPrefix.Length..], message.Method));
        }

        var action = form.Find("Action");
        if (action is null)
        {
            return null;
        }

        var version = form.Find("Version");
        var byScope = ScopeService(message);
        var query = Service.All.FirstOrDefault(s => s.Protocol == WireProtocol.Query && (byScope is null ? s.Prefix == version : s.Name == byScope))
            ?? Service.All.FirstOrDefault(s => s.Protocol == WireProtocol.Query && s.Prefix == version)
            ?? Service.Iam;
        return new Route(query, version is null || version == query.Prefix ? action : $"{action} (version {version})");
    }

    /// <summary><c>POST /casement/clock</c> is the operation <c>MoveClock</c>: the path's words map to names in one place.</summary>
    private static string NameOf(string path, string method) => (method, path) switch
    {
        ("POST", "clock") => "MoveClock",
        ("GET", "clock") => "ReadClock",
        ("POST", "accounts") => "CreateAccount",
        _ => $"{method} {path}",
    };

    private static string? ScopeService(HttpMessage message)
    {
        var text = message.Header("authorization") ?? message.RawQuery;
        var start = text.IndexOf("Credential=", StringComparison.OrdinalIgnoreCase);
        if (start < 0)
        {
            return null;
        }

        var credential = text[(start + "Credential=".Length)..];
        var end = credential.AsSpan().IndexOfAny(',', ' ', '&');
        var parts = Uri.UnescapeDataString(end < 0 ? credential : credential[..end]).Split('/');
        return parts.Length == 5 ? parts[3] : null;
    }
}
