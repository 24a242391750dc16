using System.Security.Cryptography;
using System.Text;
using Casement.Aws.Signing;
using static Casement.Aws.Tests.Signing.Requests;

namespace Casement.Aws.Tests.Signing;

public sealed class SigV4Tests
{
    [Fact]
    public void What_our_client_signs_our_server_accepts()
    {
        var message = Signed();

        Assert.Null(Check(message));
        Assert.True(Verifies(message));
    }

    [Fact]
    public void A_session_token_is_sent_signed_and_read()
    {
        var session = Key with { SessionToken = "token/of+a==session" };
        var message = Plain.With(SigV4.Sign(Plain, session, "us-east-1", "ssm", Now));

        Assert.True(SigV4.TryRead(message, out var claim, out _));
        Assert.Equal("token/of+a==session", claim.SessionToken);
        Assert.True(claim.Signs("x-amz-security-token"));
        Assert.True(Verifies(message));
    }

    [Fact]
    public void A_session_token_added_after_signing_is_read_too()
    {
        var message = Signed().With("X-Amz-Security-Token", "late");

        Assert.Null(Check(message));
        Assert.True(SigV4.TryRead(message, out var claim, out _));
        Assert.Equal("late", claim.SessionToken);
    }

    [Theory]
    [InlineData(-900, null)]
    [InlineData(-901, "Signature expired: 20260301T114459Z is now earlier than 20260301T114500Z (20260301T120000Z - 15 min.)")]
    [InlineData(900, null)]
    [InlineData(901, "Signature not yet current: 20260301T121501Z is still later than 20260301T121500Z (20260301T120000Z + 15 min.)")]
    public void A_clock_may_be_off_by_fifteen_minutes_and_no_more(int seconds, string? text)
    {
        var fault = Check(Signed(at: Now.AddSeconds(seconds)), Now.AddMilliseconds(999));

        Assert.Equal(text, fault?.ToException(WireProtocol.Json11).Message);
    }

    [Fact]
    public void The_other_wrong_key_day_region_and_service_all_fail_to_verify()
    {
        var message = Signed();
        Assert.True(SigV4.TryRead(message, out var claim, out _));

        Assert.False(SigV4.Verify(message, claim, SigV4.SigningKey("another", claim.Date, claim.Region, "ssm")));
        Assert.False(SigV4.Verify(message, claim, SigV4.SigningKey(Key.SecretAccessKey, "20260302", claim.Region, "ssm")));
        Assert.False(SigV4.Verify(message, claim, SigV4.SigningKey(Key.SecretAccessKey, claim.Date, "us-east-2", "ssm")));
        Assert.False(SigV4.Verify(message, claim, SigV4.SigningKey(Key.SecretAccessKey, claim.Date, claim.Region, "sns")));
    }

    [Fact]
    public void The_declared_hash_must_be_the_bodys_own_even_when_it_is_not_signed()
    {
        var hash = Convert.ToHexStringLower(SHA256.HashData(Plain.Body.Span));
        var honest = Signed(Plain.With("X-Amz-Content-Sha256", hash));
        var changed = honest with { Body = Encoding.UTF8.GetBytes("{ }") };
        var unsigned = Signed(Plain.With("X-Amz-Content-Sha256", "UNSIGNED-PAYLOAD"));

        Assert.Null(Check(honest));
        Assert.Equal(new AuthFault.BodyHashMismatch(hash), Check(changed));
        Assert.False(Verifies(changed));
        Assert.Equal(new AuthFault.BodyHashMismatch("UNSIGNED-PAYLOAD"), Check(unsigned));
        Assert.Null(Check(Signed().With("x-amz-content-sha256", hash)));
    }

    [Fact]
    public void Amazons_own_headers_must_be_signed_but_not_those_of_tracing_and_retries()
    {
        Assert.Equal(new AuthFault.UnsignedHeader("x-amz-api-version"), Check(Signed().With("X-Amz-Api-Version", "2014-11-06")));
        Assert.Null(Check(Signed().With("amz-sdk-request", "attempt=2").With("X-Amzn-Trace-Id", "Root=1")));
    }

    [Fact]
    public void The_host_must_be_signed()
    {
        var message = Signed();
        var authorization = message.Header("authorization")!.Replace("content-type;host;", "content-type;", StringComparison.Ordinal);

        Assert.Equal(new AuthFault.UnsignedHeader("host"), Check(message.With("Authorization", authorization)));
        Assert.Throws<ArgumentException>(() => SigV4.Sign(Plain.Without("Host"), Key, "us-east-1", "ssm", Now));
    }

    [Fact]
    public void A_header_that_is_signed_may_not_be_dropped_or_doubled()
    {
        var message = Signed();

        Assert.False(Verifies(message.Without("X-Amz-Target")));
        Assert.False(Verifies(message.With([new("x-amz-target", "AmazonSSM.SendCommand")])));
    }

    [Fact]
    public void The_date_header_stands_in_for_the_amazon_date()
    {
        var message = Signed();
        var authorization = message.Header("authorization")!.Replace("x-amz-date;", "", StringComparison.Ordinal);
        var dated = message.Without("X-Amz-Date").With("Authorization", authorization)
            .With("Date", "Sun, 01 Mar 2026 12:00:00 GMT");

        Assert.True(SigV4.TryRead(dated, out var claim, out _));
        Assert.Equal("20260301T120000Z", claim.Timestamp);
        Assert.Null(Check(dated));
    }

    [Theory]
    [InlineData("b=2&a=1", "a=1&b=2")]
    [InlineData("a=b c", "a=b%20c")]
    [InlineData("a=b+c", "a=b%20c")]
    [InlineData("a=%7e%2f%zz", "a=~%2F%25zz")]
    [InlineData("&&a&=x&", "=x&a=")]
    [InlineData("a=1=2", "a=1%3D2")]
    [InlineData("ሴ=é", "%E1%88%B4=%C3%A9")]
    [InlineData("a.b=1&a-=2&a=3&aB=4&a%20=5", "a=3&a%20=5&a-=2&a.b=1&aB=4")]
    public void A_query_is_decoded_encoded_anew_and_sorted(string raw, string canonical)
        => Assert.Equal(canonical, CanonicalLine(Plain with { RawQuery = raw }, 2));

    [Theory]
    [InlineData("", "/")]
    [InlineData("/a b", "/a%20b")]
    [InlineData("/ሴ", "/%E1%88%B4")]
    [InlineData("/a%20b", "/a%2520b")]
    [InlineData("/a/./b/../c//", "/a/c/")]
    [InlineData("/..", "/")]
    [InlineData("/x:y@z", "/x%3Ay%40z")]
    public void A_path_loses_dots_and_double_slashes_and_is_encoded_once_more(string raw, string canonical)
        => Assert.Equal(canonical, CanonicalLine(Plain with { RawPath = raw }, 1));

    [Fact]
    public void A_canonical_request_longer_than_the_stack_buffer_still_verifies()
    {
        var message = Signed(Plain.With("X-Amz-Meta", new string('é', 5000)) with { RawQuery = $"q={new string('z', 3000)}" });

        Assert.True(Verifies(message));
    }

    [Fact]
    public void Secrets_and_tokens_do_not_stand_in_the_text_of_credentials_and_claims()
    {
        var session = Key with { SessionToken = "a-token-to-hide" };
        Assert.True(SigV4.TryRead(Plain.With(SigV4.Sign(Plain, session, "us-east-1", "ssm", Now)), out var claim, out _));

        Assert.Contains(Key.AccessKeyId, session.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain(Key.SecretAccessKey, session.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("a-token-to-hide", session + claim.ToString(), StringComparison.Ordinal);
    }

    private static string CanonicalLine(HttpMessage message, int line)
    {
        Assert.True(SigV4.TryRead(Signed(message), out var claim, out _));
        var text = new Utf8Text(stackalloc byte[64]);
        CanonicalRequest.Write(ref text, message, claim);
        var result = Encoding.UTF8.GetString(text.Written).Split('\n')[line];
        text.Dispose();
        return result;
    }
}
