using Casement.Clients.Tests.Harness;
using Casement.Aws;
using Casement.Server;
using Casement.Server.Operations;

namespace Casement.Clients.Tests;

/// <summary>
/// Every operation is called unsigned, and by somebody without a policy. What answers anything but the refusal is on a
/// committed list with its reason, so that a new operation without authorisation does not go unnoticed.
/// </summary>
public sealed class UnauthorizedTests(SharedServer shared)
{
    private static readonly Dictionary<string, (string Method, string Path)> OwnPaths = new()
    {
        ["MoveClock"] = ("POST", "clock"),
        ["ReadClock"] = ("GET", "clock"),
        ["CreateAccount"] = ("POST", "accounts"),
    };

    [Fact]
    public async Task Nothing_answers_the_unsigned_or_the_unprivileged_but_what_is_listed()
    {
        var nobody = await Nobody.In(shared.Server);
        var differing = new List<string>();
        foreach (var operation in Catalogue.All)
        {
            var call = CallOf(operation);
            var json = operation.Service.Protocol == WireProtocol.Json11;

            // a client of its own for each: the server slows down sources of refused credentials
            var unsigned = await shared.Server.Raw().SendUnsigned(call);
            if (unsigned.Code != (json ? "MissingAuthenticationTokenException" : "MissingAuthenticationToken"))
            {
                differing.Add($"{operation.Service.Name}:{operation.Name} unsigned {unsigned.Status} {unsigned.Code}".TrimEnd());
            }

            var unprivileged = await shared.Server.Raw().SendSigned(call, nobody);
            if (unprivileged.Code != (json ? "AccessDeniedException" : "AccessDenied"))
            {
                differing.Add($"{operation.Service.Name}:{operation.Name} unprivileged {unprivileged.Status} {unprivileged.Code}".TrimEnd());
            }
        }

        var listed = (await File.ReadAllLinesAsync(Files.Data("unauthorized-exceptions.txt"), TestContext.Current.CancellationToken))
            .Where(l => l.Length > 0 && l[0] != '#');
        Assert.True(listed.ToHashSet().SetEquals(differing), "These answered otherwise than tests/Data/unauthorized-exceptions.txt says:\n" + string.Join('\n', differing));
    }

    private static RawCall CallOf(Operation operation)
    {
        var service = operation.Service;
        if (service == Service.Casement)
        {
            var (method, path) = OwnPaths[operation.Name];
            var call = RawCall.Own(path);
            return method == "GET" ? call with { Method = method, Body = default } : call;
        }

        return service.Protocol switch
        {
            WireProtocol.Json11 => RawCall.Json(service.Name, $"{service.Prefix}.{operation.Name}", "{}"),
            WireProtocol.Query => RawCall.Form(service.Name, service.Prefix, operation.Name),
        };
    }
}
