using System.Globalization;
using System.Text;
using Amazon.Runtime;
using Amazon.Runtime.Internal;
using Amazon.Runtime.Internal.Auth;
using Amazon.Runtime.Internal.Util;
using Amazon.SimpleSystemsManagement;
using Amazon.SimpleSystemsManagement.Model;
using Casement.Aws.Signing;
using Casement.Tests;

namespace Casement.Clients.Tests.Signing;

/// <summary>
/// Random requests signed by the AWS SDK for .NET: most by its whole pipeline, read off the wire; some by its signers alone, for
/// the shapes that no operation of Systems Manager has.
/// </summary>
public sealed class SdkSignatureTests
{
    private static readonly string[] Regions = ["us-east-1", "eu-central-1", "ap-southeast-2", "us-gov-west-1"];
    private static readonly string[] Texts = ["a", "Patch \"it\"", "caf\u00e9", "\u1234\ud83d\ude42", "a+b c&d=e", "<&>", "\t\n", "~-._", "100%", "'*()!"];
    private readonly Dictionary<string, (string Secret, string? Token)> _keys = [];

    [Fact]
    public async Task Whatever_the_SDK_sends_is_accepted_and_a_changed_byte_is_not()
    {
        var dice = new Dice(Dice.NewSeed());
        await using var wire = new CaptureListener();
        for (var client = 0; client < 14; client++)
        {
            using var ssm = Client(wire.Url, dice);
            for (var left = Soak.Times(50); left > 0; left--)
            {
                await Call(ssm, dice);
            }
        }

        Assert.Equal(Soak.Times(700), wire.Requests.Count);
        Assert.All(wire.Requests, message => Hold(message, "ssm", dice));
    }

    [Fact]
    public void Whatever_its_signers_sign_is_accepted_and_a_changed_byte_is_not()
    {
        var dice = new Dice(Dice.NewSeed());
        for (var left = Soak.Times(300); left > 0; left--)
        {
            Hold(dice.Percent(50) ? SignedByHeader(dice) : Presigned(dice), "iam", dice);
        }
    }

    private AmazonSimpleSystemsManagementClient Client(string url, Dice dice)
    {
        var (id, secret, token) = NewKey(dice);
        var config = new AmazonSimpleSystemsManagementConfig { ServiceURL = url, AuthenticationRegion = dice.Of(Regions), MaxErrorRetry = 0 };
        return token is null ? new AmazonSimpleSystemsManagementClient(id, secret, config) : new AmazonSimpleSystemsManagementClient(id, secret, token, config);
    }

    private (string Id, string Secret, string? Token) NewKey(Dice dice)
    {
        var id = string.Create(CultureInfo.InvariantCulture, $"AKIA{_keys.Count:D16}");
        _keys[id] = (Convert.ToBase64String(BitConverter.GetBytes(dice.Next())), dice.Percent(50) ? Convert.ToBase64String(Encoding.UTF8.GetBytes($"token {dice.Next()}")) : null);
        return (id, _keys[id].Secret, _keys[id].Token);
    }

    private static Task Call(AmazonSimpleSystemsManagementClient ssm, Dice dice) => dice.Next(5) switch
    {
        0 => ssm.DescribeMaintenanceWindowsAsync(new DescribeMaintenanceWindowsRequest { Filters = [new() { Key = "Name", Values = [Text(dice), Text(dice)] }], NextToken = Text(dice) }),
        1 => ssm.CreateMaintenanceWindowAsync(new CreateMaintenanceWindowRequest { Name = Text(dice), Description = Text(dice), Schedule = "rate(1 day)", Duration = dice.Next(1, 25), Cutoff = 0 }),
        2 => ssm.SendCommandAsync(new SendCommandRequest { DocumentName = Text(dice), Comment = Text(dice), Parameters = new() { ["commands"] = [Text(dice), Text(dice)] } }),
        3 => ssm.GetMaintenanceWindowAsync(new GetMaintenanceWindowRequest { WindowId = Text(dice) }),
        _ => ssm.ListCommandsAsync(new ListCommandsRequest()),
    };

    private HttpMessage SignedByHeader(Dice dice)
    {
        var (id, secret, token) = NewKey(dice);
        var request = Request(dice, token);
        var signed = new AWS4Signer().SignRequest(request, Config(request), new RequestMetrics(), id, secret);
        request.Headers["Authorization"] = signed.ForAuthorizationHeader;
        return Message(request, AmazonServiceClient.ComposeUrl(request).PathAndQuery);
    }

    private HttpMessage Presigned(Dice dice)
    {
        var (id, secret, token) = NewKey(dice);
        var request = Request(dice, token: null);
        request.Content = null;
        request.UseQueryString = true;
        request.Parameters["X-Amz-Expires"] = string.Create(CultureInfo.InvariantCulture, $"{dice.Next(1, 604_801)}");
        if (token is not null)
        {
            request.Parameters["X-Amz-Security-Token"] = token;
        }

        var signed = AWS4PreSignedUrlSigner.SignRequest(request, Config(request), new RequestMetrics(), id, secret, "iam", request.AuthenticationRegion);
        return Message(request, $"{AmazonServiceClient.ComposeUrl(request).PathAndQuery}&{signed.ForQueryParameters}");
    }

    private static DefaultRequest Request(Dice dice, string? token)
    {
        var request = new DefaultRequest(new ListCommandsRequest(), "iam")
        {
            Endpoint = new Uri("http://127.0.0.1:8470"),
            HttpMethod = dice.Of(["GET", "POST", "PUT", "DELETE"]),
            ResourcePath = dice.Of(["/", "/casement/clock", "/a/b-c_d"]),
            AuthenticationRegion = dice.Of(Regions),
            OverrideSigningServiceName = "iam",
            UseQueryString = true,
            Content = Encoding.UTF8.GetBytes(Text(dice)),
        };
        for (var left = dice.Next(4); left > 0; left--)
        {
            request.Parameters[$"p{left}{Text(dice)}"] = Text(dice);
        }

        request.Headers["X-Amz-Meta-Note"] = dice.Of(["one", "a  b", "a b c"]);
        if (token is not null)
        {
            request.Headers["X-Amz-Security-Token"] = token;
        }

        return request;
    }

    private static AmazonSimpleSystemsManagementConfig Config(DefaultRequest request) =>
        new() { ServiceURL = "http://127.0.0.1:8470", AuthenticationRegion = request.AuthenticationRegion };

    private static HttpMessage Message(DefaultRequest request, string target)
    {
        var parts = target.Split('?', 2);
        KeyValuePair<string, string>[] headers = request.Headers.Any(h => h.Key.Equals("host", StringComparison.OrdinalIgnoreCase))
            ? [.. request.Headers]
            : [new("Host", "127.0.0.1:8470"), .. request.Headers];
        return new HttpMessage(request.HttpMethod, parts[0], parts.Length > 1 ? parts[1] : "", headers, request.Content ?? []);
    }

    private void Hold(HttpMessage message, string service, Dice dice)
    {
        Assert.True(Accepts(message, service), $"seed {dice.Seed}, refused: {Shown(message)}");
        foreach (var changed in Changes(message, dice))
        {
            Assert.False(Accepts(changed, service), $"seed {dice.Seed}, taken: {Shown(changed)}");
        }
    }

    private bool Accepts(HttpMessage message, string service) =>
        SigV4.TryRead(message, out var claim, out _)
        && SigV4.Check(message, claim, service, claim.SignedAt) is null
        && _keys.TryGetValue(claim.AccessKeyId, out var key) && key.Token == claim.SessionToken
        && SigV4.Verify(message, claim, SigV4.SigningKey(key.Secret, claim.Date, claim.Region, claim.Service));

    /// <summary>Each of them means something else than the signer meant; which do not is the business of the tests beside the verifier.</summary>
    private static IEnumerable<HttpMessage> Changes(HttpMessage message, Dice dice)
    {
        yield return message with { RawPath = $"{message.RawPath}x" };
        yield return message with { RawQuery = message.RawQuery.Length == 0 ? "x" : $"{message.RawQuery}x" };
        yield return message with { Method = message.Method == "GET" ? "POST" : "GET" };
        if (message.Body.Length > 0)
        {
            var body = message.Body.ToArray();
            body[dice.Next(body.Length)] ^= (byte)(1 << dice.Next(8));
            yield return message with { Body = body };
        }

        if (SigV4.TryRead(message, out var claim, out _))
        {
            var name = dice.Of(claim.SignedHeaders.Split(';'));
            yield return message with
            {
                Headers = [.. message.Headers.Select(h => h.Key.Equals(name, StringComparison.OrdinalIgnoreCase) ? KeyValuePair.Create(h.Key, $"{h.Value}x") : h)],
            };
        }
    }

    private static string Text(Dice dice) => string.Concat(Enumerable.Range(0, dice.Next(1, 4)).Select(_ => dice.Of(Texts)));

    private static string Shown(HttpMessage message) =>
        $"{message.Method} {message.RawPath}?{message.RawQuery}\n{string.Join('\n', message.Headers.Select(h => $"{h.Key}: {h.Value}"))}\n\n{Encoding.UTF8.GetString(message.Body.Span)}";
}
