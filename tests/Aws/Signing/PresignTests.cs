using Casement.Aws.Signing;
using static Casement.Aws.Tests.Signing.Requests;

namespace Casement.Aws.Tests.Signing;

public sealed class PresignTests
{
    private static readonly HttpMessage Identity = new(
        "GET", "/", "Action=GetCallerIdentity&Version=2011-06-15", [new("Host", "127.0.0.1:8470")], default);

    [Fact]
    public void A_presigned_query_verifies_and_carries_the_token_of_a_session()
    {
        var message = Presigned(TimeSpan.FromMinutes(1), Key with { SessionToken = "tok+en/==" });

        Assert.True(SigV4.TryRead(message, out var claim, out _));
        Assert.True(claim.Presigned);
        Assert.Equal("tok+en/==", claim.SessionToken);
        Assert.Equal(60, claim.ExpiresSeconds);
        Assert.Null(Check(message, service: "sts"));
        Assert.True(Verifies(message));
        Assert.False(Verifies(message with { RawQuery = message.RawQuery.Replace("Get", "Set", StringComparison.Ordinal) }));
    }

    [Theory]
    [InlineData(60, 60, null)]
    [InlineData(60, 61, "Signature expired: 20260301T120000Z is now earlier than 20260301T120001Z (20260301T120101Z - 1 min.)")]
    [InlineData(90, 91, "Signature expired: 20260301T120000Z is now earlier than 20260301T120001Z (20260301T120131Z - 90 sec.)")]
    [InlineData(604800, 604800, null)]
    [InlineData(60, -900, null)]
    [InlineData(60, -901, "Signature not yet current: 20260301T120000Z is still later than 20260301T115959Z (20260301T114459Z + 15 min.)")]
    public void It_lives_as_long_as_it_says(int life, int later, string? text)
    {
        var fault = Check(Presigned(TimeSpan.FromSeconds(life)), Now.AddSeconds(later), "sts");

        Assert.Equal(text, fault?.ToException(WireProtocol.Query).Message);
    }

    [Theory]
    [InlineData("0")]
    [InlineData("604801")]
    [InlineData("-1")]
    [InlineData("1.5")]
    [InlineData("soon")]
    public void A_life_out_of_range_is_refused(string expires)
    {
        var message = Presigned(TimeSpan.FromMinutes(1));
        var query = message.RawQuery.Replace("X-Amz-Expires=60", $"X-Amz-Expires={expires}", StringComparison.Ordinal);

        var fault = Check(message with { RawQuery = query }, service: "sts");

        Assert.Contains($"not '{expires}'", fault!.ToException(WireProtocol.Query).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_a_life_the_ordinary_fifteen_minutes_hold()
    {
        var message = Presigned(TimeSpan.FromMinutes(1));
        var query = message.RawQuery.Replace("X-Amz-Expires=60&", "", StringComparison.Ordinal);

        Assert.Null(Check(message with { RawQuery = query }, Now.AddMinutes(15), "sts"));
        Assert.IsType<AuthFault.SignatureExpired>(Check(message with { RawQuery = query }, Now.AddSeconds(901), "sts"));
    }

    [Fact]
    public void Missing_parts_are_named_one_by_one()
    {
        var fault = Check(Identity with { RawQuery = "X-Amz-Algorithm=AWS4-HMAC-SHA256" });

        Assert.Equal(
            "AWS query-string parameters must include 'X-Amz-Credential'. "
            + "AWS query-string parameters must include 'X-Amz-Signature'. "
            + "AWS query-string parameters must include 'X-Amz-SignedHeaders'. "
            + "AWS query-string parameters must include 'X-Amz-Date'. Re-examine the query-string parameters.",
            fault!.ToException(WireProtocol.Query).Message);
    }

    [Fact]
    public void A_doubled_part_is_refused_and_so_are_two_places_of_signing()
    {
        var message = Presigned(TimeSpan.FromMinutes(1));

        Assert.IsType<AuthFault.IncompleteQuery>(Check(message with { RawQuery = $"{message.RawQuery}&X-Amz-Signature=00" }));
        Assert.IsType<AuthFault.BothForms>(Check(message.With("Authorization", "AWS4-HMAC-SHA256 Credential=x")));
    }

    [Fact]
    public void Only_lives_from_a_second_to_a_week_can_be_signed()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => Presigned(TimeSpan.Zero));
        Assert.Throws<ArgumentOutOfRangeException>(() => Presigned(TimeSpan.FromDays(8)));
    }

    private static HttpMessage Presigned(TimeSpan life, AwsCredentials? credentials = null) => Identity with
    {
        RawQuery = SigV4.Presign(Identity, credentials ?? Key, "eu-west-1", "sts", Now, life),
    };
}
