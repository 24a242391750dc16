using Casement.Aws.Tests.Signing;

namespace Casement.Aws.Tests;

public sealed class AuthFaultTests
{
    private static readonly DateTimeOffset Noon = new(2021, 5, 2, 17, 46, 43, TimeSpan.Zero);
    private static readonly TimeSpan Quarter = TimeSpan.FromMinutes(15);

    public static TheoryData<AuthFault, string, string, int, string> Table => new()
    {
        { new AuthFault.Denied("no"), "AccessDeniedException", "AccessDenied", 403, "no" },
        { new AuthFault.Denied("no", BySns: true), "AccessDeniedException", "AuthorizationError", 403, "no" },
        { new AuthFault.MissingToken(), "MissingAuthenticationTokenException", "MissingAuthenticationToken", 403, "Request is missing Authentication Token" },
        { new AuthFault.UnknownCredential(), "UnrecognizedClientException", "InvalidClientTokenId", 403, "The security token included in the request is invalid." },
        { new AuthFault.ExpiredSession(), "ExpiredTokenException", "ExpiredToken", 403, "The security token included in the request is expired" },
        { new AuthFault.WrongSignature(), "InvalidSignatureException", "SignatureDoesNotMatch", 403, "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details." },
        { new AuthFault.SignatureExpired(new(2021, 5, 2, 14, 40, 40, TimeSpan.Zero), Noon, Quarter), "InvalidSignatureException", "SignatureDoesNotMatch", 403, "Signature expired: 20210502T144040Z is now earlier than 20210502T173143Z (20210502T174643Z - 15 min.)" },
        { new AuthFault.SignatureNotYetCurrent(Noon.AddHours(1), Noon, Quarter), "InvalidSignatureException", "SignatureDoesNotMatch", 403, "Signature not yet current: 20210502T184643Z is still later than 20210502T180143Z (20210502T174643Z + 15 min.)" },
        { new AuthFault.WrongScope("scope."), "InvalidSignatureException", "SignatureDoesNotMatch", 403, "scope." },
        { new AuthFault.BothForms(), "InvalidSignatureException", "SignatureDoesNotMatch", 403, "Found both 'X-Amz-Algorithm' as a query-string param and 'Authorization' as HTTP header." },
        { new AuthFault.UnsignedHeader("host"), "InvalidSignatureException", "SignatureDoesNotMatch", 403, "'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization." },
        { new AuthFault.UnsignedHeader("x-amz-target"), "InvalidSignatureException", "SignatureDoesNotMatch", 403, "'x-amz-target' must be a 'SignedHeader' in the AWS Authorization." },
        { new AuthFault.BodyHashMismatch("00"), "InvalidSignatureException", "SignatureDoesNotMatch", 403, "The provided 'x-amz-content-sha256' header does not match what was computed." },
        { new AuthFault.BodyHashMismatch("UNSIGNED-PAYLOAD"), "InvalidSignatureException", "SignatureDoesNotMatch", 403, "The provided 'x-amz-content-sha256' header is UNSIGNED-PAYLOAD: this service requires a signed body." },
        { new AuthFault.IncompleteHeader("missing.", "AWS4-HMAC-SHA256 x"), "IncompleteSignatureException", "IncompleteSignature", 400, "missing. Authorization=AWS4-HMAC-SHA256 x" },
        { new AuthFault.IncompleteQuery("missing."), "IncompleteSignatureException", "IncompleteSignature", 400, "missing. Re-examine the query-string parameters." },
        { new AuthFault.MalformedCredential("a/b"), "IncompleteSignatureException", "IncompleteSignature", 400, "Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, got 'a/b'" },
        { new AuthFault.MalformedDate("today"), "IncompleteSignatureException", "IncompleteSignature", 400, "Date must be in ISO-8601 'basic format'. Got 'today'. See http://en.wikipedia.org/wiki/ISO_8601" },
    };

    [Theory]
    [MemberData(nameof(Table), DisableDiscoveryEnumeration = true)]
    public void Each_fault_has_one_text_and_a_code_and_status_by_protocol(
        AuthFault fault, string json, string query, int queryStatus, string text)
    {
        var inJson = fault.ToException(WireProtocol.Json11);
        var inQuery = fault.ToException(WireProtocol.Query);

        Assert.Equal((json, 400, text), (inJson.Code, inJson.Status, inJson.Message));
        Assert.Equal((query, queryStatus, text), (inQuery.Code, inQuery.Status, inQuery.Message));
    }

    [Fact]
    public void The_table_has_every_case()
    {
        var cases = typeof(AuthFault).GetNestedTypes().Where(type => type.IsSubclassOf(typeof(AuthFault)));

        Assert.Empty(cases.Except(Table.Select(row => row.Data.Item1.GetType())));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("Bearer abc")]
    [InlineData("AWS4-ECDSA-P256-SHA256 Credential=a/b/c/d/e")]
    [InlineData("AWS4-HMAC-SHA256")]
    [InlineData("AWS4-HMAC-SHA256X Credential=a")]
    public void No_signature_of_ours_is_a_missing_token(string? authorization)
    {
        var message = authorization is null ? Requests.Plain : Requests.Plain.With("Authorization", authorization);

        Assert.Equal(new AuthFault.MissingToken(), Requests.Check(message));
    }

    [Theory]
    [InlineData("AWS4-HMAC-SHA256 x=y", "Authorization header requires 'Credential' parameter. Authorization header requires 'Signature' parameter. Authorization header requires 'SignedHeaders' parameter. Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header. Authorization=AWS4-HMAC-SHA256 x=y")]
    [InlineData("AWS4-HMAC-SHA256 Credential=a/b/c/d/e, Signature=1", "Authorization header requires 'SignedHeaders' parameter. Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header. Authorization=AWS4-HMAC-SHA256 Credential=a/b/c/d/e, Signature=1")]
    [InlineData("AWS4-HMAC-SHA256 Credential=a Credential=b", "Authorization header has more than one 'Credential' parameter. Authorization=AWS4-HMAC-SHA256 Credential=a Credential=b")]
    [InlineData("AWS4-HMAC-SHA256 nonsense", "'nonsense' not a valid key=value pair (missing equal-sign) in Authorization header. Authorization=AWS4-HMAC-SHA256 nonsense")]
    public void Missing_parts_of_the_header_are_all_named(string authorization, string text)
    {
        var fault = Requests.Check(Requests.Plain.With("Authorization", authorization));

        Assert.Equal(text, fault!.ToException(WireProtocol.Json11).Message);
    }

    [Theory]
    [InlineData("AKIA/20260301/us-east-1/ssm")]
    [InlineData("AKIA/20260301/us-east-1/ssm/aws4_request/more")]
    [InlineData("/20260301/us-east-1/ssm/aws4_request")]
    public void A_credential_has_five_parts(string credential)
        => Assert.Equal(new AuthFault.MalformedCredential(credential), CheckCredential(credential));

    [Theory]
    [InlineData("AKIA/20260301/us-east-1/ssm/aws4_request", null)]
    [InlineData("AKIA/20260301/us-gov-west-1/ssm/aws4_request", null)]
    [InlineData("AKIA/20260301/ap-southeast-12/ssm/aws4_request", null)]
    [InlineData("AKIA/20260301/useast/ssm/aws4_request", "Credential should be scoped to a valid region, not 'useast'.")]
    [InlineData("AKIA/20260301/US-EAST-1/ssm/aws4_request", "Credential should be scoped to a valid region, not 'US-EAST-1'.")]
    [InlineData("AKIA/20260301/us-1-east/ssm/aws4_request", "Credential should be scoped to a valid region, not 'us-1-east'.")]
    [InlineData("AKIA/20260301//ssm/aws4_request", "Credential should be scoped to a valid region, not ''.")]
    [InlineData("AKIA/20260301/us-east-1/iam/aws4_request", "Credential should be scoped to correct service: 'ssm'.")]
    [InlineData("AKIA/20260301/us-east-1/ssm/aws3", "Credential should be scoped with a valid terminator: 'aws4_request', not 'aws3'.")]
    [InlineData("AKIA/20260302/us-east-1/ssm/aws4_request", "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '20260302' != '20260301', from '20260301T120000Z'.")]
    [InlineData("AKIA/2026/x/iam/aws3", "Credential should be scoped to a valid region, not 'x'. Credential should be scoped to correct service: 'ssm'. Credential should be scoped with a valid terminator: 'aws4_request', not 'aws3'. Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '2026' != '20260301', from '20260301T120000Z'.")]
    public void A_scope_is_checked_part_by_part(string credential, string? text)
        => Assert.Equal(text, CheckCredential(credential)?.ToException(WireProtocol.Query).Message);

    [Theory]
    [InlineData("2026-03-01T12:00:00Z")]
    [InlineData("20260230T120000Z")]
    [InlineData("20260301T120000Z,20260301T120000Z")]
    [InlineData("yesterday")]
    public void A_date_in_another_format_is_named(string date)
        => Assert.Equal(new AuthFault.MalformedDate(date), Requests.Check(Requests.Signed().With("X-Amz-Date", date)));

    private static AuthFault? CheckCredential(string credential)
    {
        var message = Requests.Plain.With("X-Amz-Date", "20260301T120000Z").With("Authorization",
            $"AWS4-HMAC-SHA256 Credential={credential}, SignedHeaders=content-type;host;x-amz-date;x-amz-target, Signature=00");
        return Requests.Check(message);
    }
}
