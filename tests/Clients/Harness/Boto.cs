using Casement.Aws.Signing;

namespace Casement.Clients.Tests.Harness;

/// <summary>
/// Debian's boto3. A script has <c>client(service, **options)</c>, <c>arguments</c>, <c>ENDPOINT</c> and <c>show(value)</c>,
/// which prints JSON; boto3, json and ClientError are imported.
/// </summary>
public sealed class Boto(Uri endpoint, AwsCredentials credentials, string region, string? caFile)
{
    private const string Prelude =
        """
        import json, os, sys
        import boto3
        from botocore.config import Config
        from botocore.exceptions import ClientError
        ENDPOINT = os.environ["CASEMENT_ENDPOINT"]
        arguments = sys.argv[1:]
        def client(service, **options):
            options.setdefault("config", Config(retries={"total_max_attempts": 1}))
            return boto3.client(service, endpoint_url=ENDPOINT, **options)
        def show(value):
            if isinstance(value, dict):
                value.pop("ResponseMetadata", None)
            print(json.dumps(value, default=str))

        """;

    public Task<Ended> Run(string script, params string[] arguments)
    {
        var variables = ClientEnvironment.Of(credentials, region, caFile);
        variables["CASEMENT_ENDPOINT"] = endpoint.AbsoluteUri;
        return Program.Run(ClientEnvironment.Require("/usr/bin/python3", "python3-boto3"), ["-c", Prelude + script, .. arguments], variables);
    }
}
