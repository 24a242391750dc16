using System.Text;
using Casement.Aws.Signing;
using Casement.Clients.Tests.Harness;
using Casement.Clients.Tests.Nodes;
using Casement.Server.Iam;
using Casement.Server.Operations;
using Casement.Storage;

namespace Casement.Clients.Tests;

/// <summary>
/// Every way of not being let in, in both protocols: JSON services answer 400 with an …Exception code, Query services mostly
/// 403 with a bare one. The texts are AWS's.
/// </summary>
public sealed class RefusedCredentialTests(SharedServer shared)
{
    private const string WrongSignature =
        "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.";

    private static readonly RawCall[] BothProtocols = [RawCall.Ssm("GetMaintenanceWindow"), RawCall.Sts("GetCallerIdentity")];

    private readonly CasementServer _server = shared.Server;

    [Theory]
    [InlineData(null)]
    [InlineData("Bearer eyJhbGciOiJIUzI1NiJ9")]
    [InlineData("Basic YWRtaW46YWRtaW4=")]
    [InlineData("AWS4-HMAC-SHA256")]
    public async Task A_call_without_a_signature_of_ours_misses_its_token(string? authorization)
    {
        var replies = await Each((raw, call) => raw.SendUnsigned(authorization is null ? call : call.With("Authorization", authorization)));
        Expect(replies, "MissingAuthenticationTokenException", "MissingAuthenticationToken", 403, "Request is missing Authentication Token");
    }

    [Theory]
    [InlineData("AKIAIOSFODNN7EXAMPLE", null)]
    [InlineData("x", null)]
    [InlineData("AKIAIOSFODNN7EXAMPLE", "FwoGZXIvYXdzEXAMPLE")]
    [InlineData("ASIAIOSFODNN7EXAMPLE", "not even base64 !")]
    public async Task An_unknown_key_or_token_is_invalid(string keyId, string? token)
    {
        var replies = await Each((raw, call) => raw.SendSigned(call, new AwsCredentials(keyId, "secret", token)));
        Expect(replies, "UnrecognizedClientException", "InvalidClientTokenId", 403, "The security token included in the request is invalid.");
    }

    [Fact]
    public async Task A_token_does_not_help_a_key_it_does_not_belong_to()
    {
        var replies = await Each((raw, call) => raw.SendSigned(call, _server.Admin with { SessionToken = Session(TimeSpan.FromHours(1)).SessionToken }));
        Expect(replies, "UnrecognizedClientException", "InvalidClientTokenId", 403, "The security token included in the request is invalid.");
    }

    [Fact]
    public async Task A_session_past_its_end_is_expired()
    {
        var session = Session(TimeSpan.FromSeconds(-1));
        var replies = await Each((raw, call) => raw.SendSigned(call, session));
        Expect(replies, "ExpiredTokenException", "ExpiredToken", 403, "The security token included in the request is expired");
    }

    [Fact]
    public async Task A_refused_key_stands_in_the_audit_trail_with_its_source()
    {
        var keyId = Casement.Server.Ids.AccessKey("AKIA", _server.Account);
        await _server.Raw(new AwsCredentials(keyId, "none")).Send(RawCall.Ssm("DescribeMaintenanceWindows"));

        using var database = Database.Open(new DatabaseOptions(Path.Combine(_server.Data, "casement.db")));
        var row = await Eventually.Is(
            () => Task.FromResult(database.Read(tx => tx.One(
                "SELECT decision || ' ' || decided_by || ' ' || action || ' ' || source FROM audit WHERE principal=$1", r => r.Text(0), keyId))),
            found => found is not null);

        Assert.StartsWith("unauthenticated UnrecognizedClientException ssm:DescribeMaintenanceWindows 127.", row, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_wrong_secret_gives_a_wrong_signature()
    {
        var replies = await Each((raw, call) => raw.SendSigned(call, _server.Admin with { SecretAccessKey = "wrong" }));
        Expect(replies, "InvalidSignatureException", "SignatureDoesNotMatch", 403, WrongSignature);
    }

    [Fact]
    public async Task A_body_changed_on_the_way_breaks_the_signature()
    {
        var replies = await Each((raw, call) => raw.SendSpoiled(call, c => c with { Body = Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(c.Body.Span) + (c.Service == "ssm" ? " " : "&Extra=1")) }));
        Expect(replies, "InvalidSignatureException", "SignatureDoesNotMatch", 403, WrongSignature);
    }

    [Theory]
    [InlineData(-16, @"^Signature expired: \d{8}T\d{6}Z is now earlier than \d{8}T\d{6}Z \(\d{8}T\d{6}Z - 15 min\.\)$")]
    [InlineData(16, @"^Signature not yet current: \d{8}T\d{6}Z is still later than \d{8}T\d{6}Z \(\d{8}T\d{6}Z \+ 15 min\.\)$")]
    public async Task A_clock_more_than_fifteen_minutes_off_is_told_so(int minutes, string text)
    {
        var then = TimeProvider.System.GetUtcNow().AddMinutes(minutes);
        var replies = await Each((raw, call) => raw.Send(call with { SignedAt = then }));
        Expect(replies, "InvalidSignatureException", "SignatureDoesNotMatch", 403, text: null);
        Assert.All(replies, r => Assert.Matches(text, r.Message));
    }

    [Theory]
    [InlineData(-14)]
    [InlineData(14)]
    public async Task Fourteen_minutes_off_is_near_enough(int minutes)
    {
        var reply = await _server.Raw().Send(RawCall.Sts("GetCallerIdentity") with { SignedAt = TimeProvider.System.GetUtcNow().AddMinutes(minutes) });
        Assert.Equal(200, reply.Status);
    }

    [Theory]
    [InlineData("Credential=a/20260101/us-east-1/ssm/aws4_request", "Authorization header requires 'Signature' parameter. Authorization header requires 'SignedHeaders' parameter. Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header.")]
    [InlineData("SignedHeaders=host, Signature=abc", "Authorization header requires 'Credential' parameter. Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header.")]
    public async Task An_Authorization_header_says_what_it_lacks(string parts, string sentences)
    {
        var header = $"AWS4-HMAC-SHA256 {parts}";
        var replies = await Each((raw, call) => raw.SendUnsigned(call.With("Authorization", header)));
        Expect(replies, "IncompleteSignatureException", "IncompleteSignature", 400, $"{sentences} Authorization={header}");
    }

    [Fact]
    public async Task A_credential_of_four_parts_is_shown_what_five_look_like()
    {
        const string Header = "AWS4-HMAC-SHA256 Credential=a/20260101/us-east-1/ssm, SignedHeaders=host, Signature=abc";
        var replies = await Each((raw, call) => raw.SendUnsigned(call.With("Authorization", Header).With("X-Amz-Date", "20260101T000000Z")));
        Expect(replies, "IncompleteSignatureException", "IncompleteSignature", 400,
            "Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, got 'a/20260101/us-east-1/ssm'");
    }

    [Fact]
    public async Task The_scope_must_name_a_region()
    {
        var replies = await Each((raw, call) => raw.Send(call with { Region = "x" }));
        Expect(replies, "InvalidSignatureException", "SignatureDoesNotMatch", 403, "Credential should be scoped to a valid region, not 'x'.");
    }

    [Fact]
    public async Task The_scope_must_name_the_service()
    {
        var ssm = await _server.Raw().Send(RawCall.Ssm("GetMaintenanceWindow") with { Service = "ec2" });
        Assert.Equal(("InvalidSignatureException", "Credential should be scoped to correct service: 'ssm'."), (ssm.Code, ssm.Message));
        var sts = await _server.Raw().Send(RawCall.Sts("GetCallerIdentity") with { Service = "ec2" });
        Assert.Equal(("SignatureDoesNotMatch", "Credential should be scoped to correct service: 'sts'."), (sts.Code, sts.Message));
    }

    [Fact]
    public async Task The_scope_must_end_in_its_terminator_and_agree_with_the_date()
    {
        var replies = await Each((raw, call) => raw.SendSpoiled(call, c => Authorization(c, a => a.Replace("/aws4_request", "/aws3", StringComparison.Ordinal))));
        Expect(replies, "InvalidSignatureException", "SignatureDoesNotMatch", 403, "Credential should be scoped with a valid terminator: 'aws4_request', not 'aws3'.");

        var today = TimeProvider.System.GetUtcNow().ToString("yyyyMMdd", System.Globalization.CultureInfo.InvariantCulture);
        replies = await Each((raw, call) => raw.SendSpoiled(call, c => Authorization(c, a => a.Replace($"/{today}/", "/20010101/", StringComparison.Ordinal))));
        Expect(replies, "InvalidSignatureException", "SignatureDoesNotMatch", 403, text: null);
        Assert.All(replies, r => Assert.StartsWith(
            $"Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '20010101' != '{today}', from '{today}T", r.Message, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Signed_twice_is_signed_wrong()
    {
        var raw = _server.Raw();
        var presigned = raw.Presigned(RawCall.Sts("GetCallerIdentity"), TimeSpan.FromMinutes(1));
        var reply = await raw.SendUnsigned(presigned.With("Authorization", "AWS4-HMAC-SHA256 Credential=a/b/c/d/e, SignedHeaders=host, Signature=abc"));
        Assert.Equal(403, reply.Status);
        Assert.Equal("Found both 'X-Amz-Algorithm' as a query-string param and 'Authorization' as HTTP header.", reply.Message);
    }

    [Fact]
    public async Task A_presigned_query_says_what_it_lacks()
    {
        var raw = _server.Raw();
        var call = RawCall.Sts("GetCallerIdentity") with
        {
            Method = "GET", Body = default, Headers = [],
            Query = "Action=GetCallerIdentity&Version=2011-06-15&X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=a%2Fb%2Fc%2Fsts%2Fe",
        };
        var reply = await raw.SendUnsigned(call);
        Assert.Equal((400, "IncompleteSignature"), (reply.Status, reply.Code));
        Assert.Equal(
            "AWS query-string parameters must include 'X-Amz-Signature'. AWS query-string parameters must include 'X-Amz-SignedHeaders'. "
            + "AWS query-string parameters must include 'X-Amz-Date'. Re-examine the query-string parameters.", reply.Message);
    }

    [Fact]
    public async Task A_presigned_URL_lives_as_long_as_it_says()
    {
        var raw = _server.Raw();
        var late = RawCall.Sts("GetCallerIdentity") with { SignedAt = TimeProvider.System.GetUtcNow().AddSeconds(-90) };
        Assert.Equal(200, (await raw.SendUnsigned(raw.Presigned(late, TimeSpan.FromMinutes(2)))).Status);
        var reply = await raw.SendUnsigned(raw.Presigned(late, TimeSpan.FromMinutes(1)));
        Assert.Equal((403, "SignatureDoesNotMatch"), (reply.Status, reply.Code));
        Assert.StartsWith("Signature expired: ", reply.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_amz_header_that_is_not_signed_could_have_been_added_by_anybody()
    {
        var reply = await _server.Raw().SendSpoiled(RawCall.Ssm("GetMaintenanceWindow"), c => c.With("X-Amz-Extra", "1"));
        Assert.Equal(("InvalidSignatureException", "'x-amz-extra' must be a 'SignedHeader' in the AWS Authorization."), (reply.Code, reply.Message));
    }

    [Theory]
    [InlineData("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")]
    [InlineData("UNSIGNED-PAYLOAD")]
    [InlineData("STREAMING-AWS4-HMAC-SHA256-PAYLOAD")]
    public async Task A_declared_body_hash_must_be_the_body_s(string declared)
    {
        var replies = await Each((raw, call) => raw.Send(call.With("X-Amz-Content-Sha256", declared)));
        Expect(replies, "InvalidSignatureException", "SignatureDoesNotMatch", 403, text: null);
        Assert.All(replies, r => Assert.Contains("'x-amz-content-sha256'", r.Message, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Someone_without_a_policy_is_told_which_permission_is_missing()
    {
        var nobody = await Nobody.In(_server);
        var arn = (await _server.Raw().SendSigned(RawCall.Sts("GetCallerIdentity"), nobody)).Element("Arn");
        var reply = await _server.Raw().SendSigned(RawCall.Ssm("CreateMaintenanceWindow"), nobody);
        Assert.Equal((400, "AccessDeniedException"), (reply.Status, reply.Code));
        Assert.Equal(
            $"User: {arn} is not authorized to perform: ssm:CreateMaintenanceWindow on resource: arn:aws:ssm:us-east-1:{_server.Account}:* "
            + "because no identity-based policy allows the ssm:CreateMaintenanceWindow action", reply.Message);
    }

    [Fact]
    public async Task Guessing_is_slowed_down_at_its_source_alone()
    {
        var guesser = _server.Raw();
        var guesses = await Task.WhenAll(Enumerable.Range(0, 40).Select(_ =>
            guesser.SendSigned(RawCall.Ssm("GetMaintenanceWindow"), _server.Admin with { SecretAccessKey = "guess" })));
        Assert.Contains(guesses, g => g.Code == "ThrottlingException" && g.Message == "Rate exceeded");
        Assert.Equal(200, (await _server.Raw().Send(RawCall.Sts("GetCallerIdentity"))).Status);
    }

    private AwsCredentials Session(TimeSpan life)
    {
        var now = TimeProvider.System.GetUtcNow();
        var keys = new Sessions(Nobody.MasterKeyOf(_server)).Issue(
            new Principal.RoleSession(_server.Account, "AROAAAAAAAAAAAAAAAAAA", "gone", "/", "test", now), now + life);
        return new AwsCredentials(keys.AccessKeyId, keys.SecretAccessKey, keys.SessionToken);
    }

    private async Task<RawReply[]> Each(Func<RawClient, RawCall, Task<RawReply>> send) =>
        await Task.WhenAll(BothProtocols.Select(call => send(_server.Raw(), call)));

    private static void Expect(RawReply[] replies, string json, string query, int queryStatus, string? text)
    {
        Assert.Equal((400, json), (replies[0].Status, replies[0].Code));
        Assert.Equal((queryStatus, query), (replies[1].Status, replies[1].Code));
        Assert.All(replies, r => Assert.Matches("^[0-9a-f-]{36}$", r.Headers["x-amzn-RequestId"]));
        if (text is not null)
        {
            Assert.All(replies, r => Assert.Equal(text, r.Message));
        }
    }

    private static RawCall Authorization(RawCall call, Func<string, string> change) => call with
    {
        Headers = [.. call.Headers.Select(h => h.Key == "Authorization" ? new KeyValuePair<string, string>(h.Key, change(h.Value)) : h)],
    };
}
