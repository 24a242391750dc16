using System.Text;
using Casement.Aws.Signing;

namespace Casement.Aws.Tests.Signing;

/// <summary>One ordinary Systems Manager call, and ways to alter it.</summary>
internal static class Requests
{
    public static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    public static readonly AwsCredentials Key = new("AKIAEXAMPLEEXAMPLE00", "a-secret-of-the-tests");

    public static readonly HttpMessage Plain = new("POST", "/", "",
    [
        new("Host", "127.0.0.1:8470"),
        new("Content-Type", "application/x-amz-json-1.1"),
        new("X-Amz-Target", "AmazonSSM.DescribeMaintenanceWindows"),
    ],
    Encoding.UTF8.GetBytes("{}"));

    public static HttpMessage Signed(HttpMessage? message = null, DateTimeOffset? at = null)
        => (message ?? Plain).With(SigV4.Sign(message ?? Plain, Key, "us-east-1", "ssm", at ?? Now));

    public static HttpMessage With(this HttpMessage message, IEnumerable<KeyValuePair<string, string>> more)
        => message with { Headers = [.. message.Headers, .. more] };

    public static HttpMessage With(this HttpMessage message, string name, string value)
        => message with { Headers = [.. message.Headers.Where(header => header.Key != name), new(name, value)] };

    public static HttpMessage Without(this HttpMessage message, string name)
        => message with { Headers = [.. message.Headers.Where(header => header.Key != name)] };

    public static AuthFault? Check(HttpMessage message, DateTimeOffset? now = null, string service = "ssm")
        => SigV4.TryRead(message, out var claim, out var fault) ? SigV4.Check(message, claim, service, now ?? Now) : fault;

    public static bool Verifies(HttpMessage message)
        => SigV4.TryRead(message, out var claim, out _)
            && SigV4.Verify(message, claim,
                SigV4.SigningKey(Key.SecretAccessKey, claim.Date, claim.Region, claim.Service));
}
