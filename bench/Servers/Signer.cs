using System.Text;
using Casement.Aws.Signing;

namespace Casement.Bench.Servers;

/// <summary>Signs requests to one server as one caller.</summary>
internal sealed record Signer(int Port, AwsCredentials Credentials, string Region)
{
    private const string JsonType = "application/x-amz-json-1.1";
    private const string FormType = "application/x-www-form-urlencoded; charset=utf-8";

    public string Host => $"127.0.0.1:{Port}";

    /// <summary>The headers and body of a JSON call, such as <c>AmazonSSM.GetMaintenanceWindow</c>.</summary>
    public HttpMessage Json(string service, string target, string body) =>
        Signed(service, body, KeyValuePair.Create("Content-Type", JsonType), KeyValuePair.Create("X-Amz-Target", target));

    /// <summary>A call of IAM or STS.</summary>
    public HttpMessage Form(string service, string body) => Signed(service, body, KeyValuePair.Create("Content-Type", FormType));

    /// <summary>As it goes over the wire.</summary>
    public static byte[] Bytes(HttpMessage message)
    {
        var text = new StringBuilder($"{message.Method} {message.RawPath} HTTP/1.1\r\n");
        foreach (var (name, value) in message.Headers)
        {
            text.Append(name).Append(": ").Append(value).Append("\r\n");
        }

        text.Append("Content-Length: ").Append(message.Body.Length).Append("\r\n\r\n");
        return [.. Encoding.UTF8.GetBytes(text.ToString()), .. message.Body.Span];
    }

    private HttpMessage Signed(string service, string body, params KeyValuePair<string, string>[] headers)
    {
        List<KeyValuePair<string, string>> all =
        [
            new("Host", Host), .. headers,
            new("User-Agent", "aws-cli/2.9.19 Python/3.11.2 Linux/6.1 exe/x86_64.debian.12 prompt/off command/ssm.call"),
            new("amz-sdk-invocation-id", Guid.NewGuid().ToString()), new("amz-sdk-request", "attempt=1"), new("Accept-Encoding", "identity"),
        ];
        var message = new HttpMessage("POST", "/", "", all, Encoding.UTF8.GetBytes(body));
        return message with { Headers = [.. all, .. SigV4.Sign(message, Credentials, Region, service, DateTimeOffset.UtcNow)] };
    }
}
