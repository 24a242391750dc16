using Casement.Aws.Signing;

namespace Casement.Clients.Tests.Harness;

/// <summary>The environment that Debian's CLI and boto3 run in: these credentials and nothing of this machine's own.</summary>
internal static class ClientEnvironment
{
    public static Dictionary<string, string> Of(AwsCredentials credentials, string region, string? caFile)
    {
        var variables = new Dictionary<string, string>
        {
            ["AWS_ACCESS_KEY_ID"] = credentials.AccessKeyId,
            ["AWS_SECRET_ACCESS_KEY"] = credentials.SecretAccessKey,
            ["AWS_DEFAULT_REGION"] = region,
            ["AWS_CONFIG_FILE"] = "/dev/null",
            ["AWS_SHARED_CREDENTIALS_FILE"] = "/dev/null",
            ["AWS_EC2_METADATA_DISABLED"] = "true",
            ["AWS_PAGER"] = "",
        };
        if (credentials.SessionToken is { } token)
        {
            variables["AWS_SESSION_TOKEN"] = token;
        }

        if (caFile is not null)
        {
            variables["AWS_CA_BUNDLE"] = caFile;
        }

        return variables;
    }

    public static string Require(string file, string package) => File.Exists(file)
        ? file
        : throw new FileNotFoundException($"{file} is missing: run apt-get install {package}, as ./test does.");
}

/// <summary>Debian's <c>/usr/bin/aws</c>. It ignores AWS_ENDPOINT_URL, so the endpoint is always an argument.</summary>
public sealed class AwsCli(Uri endpoint, AwsCredentials credentials, string region, string? caFile)
{
    /// <summary>One command, such as <c>ssm create-maintenance-window --name …</c>; blobs are given and taken raw.</summary>
    public Task<Ended> Run(params string[] arguments) => Program.Run(
        ClientEnvironment.Require("/usr/bin/aws", "awscli"),
        ["--endpoint-url", endpoint.AbsoluteUri, "--output", "json", "--cli-binary-format", "raw-in-base64-out", .. arguments],
        ClientEnvironment.Of(credentials, region, caFile));
}
