using Casement.Aws.Signing;
using Casement.Cli.Calls;

namespace Casement.Cli.Servers;

/// <summary>
/// Which server a verb asks, and as whom. A server named by option or variable is asked with the environment's
/// credentials; one that was found, as its admin. The environment's credentials are never sent to a server that nobody
/// named: they may belong to an account at AWS.
/// </summary>
internal static class Connection
{
    private static readonly TimeSpan UsualPatience = TimeSpan.FromSeconds(60);

    /// <exception cref="FailureException">No server, or no credentials.</exception>
    /// <param name="invocation">The verb's call.</param>
    /// <param name="patient">Waits for as long as the answer takes, unless told otherwise.</param>
    /// <param name="data">The data directory of the server that is meant; it says more than a variable.</param>
    internal static async Task<ServerClient> Open(Invocation invocation, bool patient = false, string? data = null)
    {
        var patience = CommonOptions.Patience(invocation) ?? (patient ? null : UsualPatience);
        var region = invocation.Text(CommonOptions.Region);
        var url = invocation.Text(CommonOptions.EndpointUrl);
        if (url is not null && data is not null)
        {
            throw FailureException.Usage("--endpoint-url and --data both name a server: give one of them.");
        }

        var named = url ?? (data is null ? Variable("AWS_ENDPOINT_URL") : null);
        if (named is not null)
        {
            var address = new ServerAddress(
                Endpoint(named), region ?? Variable("AWS_REGION") ?? Variable("AWS_DEFAULT_REGION") ?? "us-east-1", Variable("AWS_CA_BUNDLE"));
            return new ServerClient(address, OfEnvironment(), patience, invocation.Time);
        }

        var ready = await RunningServer.Find(data, Environment.CurrentDirectory, invocation.Stop);
        var found = ready.Address with { Region = region ?? ready.Region };
        return new ServerClient(found, AdminKey.Read(ready.Data), patience, invocation.Time);
    }

    private static AwsCredentials OfEnvironment()
        => Variable("AWS_ACCESS_KEY_ID") is { } id && Variable("AWS_SECRET_ACCESS_KEY") is { } secret
            ? new AwsCredentials(id, secret, Variable("AWS_SESSION_TOKEN"))
            : throw FailureException.Environment("A server named by --endpoint-url or AWS_ENDPOINT_URL needs AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.");

    private static Uri Endpoint(string text)
        => Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https"
            ? uri
            : throw FailureException.Usage($"The endpoint '{text}' is not an http or https URL.");

    private static string? Variable(string name)
        => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;
}
