using System.Security.Cryptography;
using Casement.Aws.Signing;
using static Casement.Aws.Tests.Signing.Requests;

namespace Casement.Aws.Tests.Signing;

public sealed class RsaTests : IDisposable
{
    private const string Node = "mi-0123456789abcdef0";
    private readonly RSA key = RSA.Create(2048);

    public void Dispose() => key.Dispose();

    [Fact]
    public void A_node_signs_with_its_key_and_nobody_elses_key_verifies_it()
    {
        using var other = RSA.Create(2048);
        var message = Plain.With(SigV4.SignRsa(Plain, Node, key, "us-east-1", "ssm", Now));

        Assert.True(SigV4.TryRead(message, out var claim, out _));
        Assert.Equal((Node, SignatureAlgorithm.Rsa), (claim.AccessKeyId, claim.Algorithm));
        Assert.Null(Check(message));
        Assert.True(SigV4.VerifyRsa(message, claim, key));
        Assert.False(SigV4.VerifyRsa(message, claim, other));
        Assert.False(SigV4.VerifyRsa(message with { Method = "PUT" }, claim, key));
    }

    [Theory]
    [InlineData("not base64!")]
    [InlineData("AAAA")]
    [InlineData("00")]
    public void A_signature_of_the_wrong_form_is_just_wrong(string signature)
    {
        var message = Plain.With(SigV4.SignRsa(Plain, Node, key, "us-east-1", "ssm", Now));
        Assert.True(SigV4.TryRead(message, out var claim, out _));

        Assert.False(SigV4.VerifyRsa(message, claim with { Signature = signature }, key));
    }

    [Fact]
    public void The_two_algorithms_do_not_stand_in_for_each_other()
    {
        var byRsa = Plain.With(SigV4.SignRsa(Plain, Node, key, "us-east-1", "ssm", Now));
        Assert.True(SigV4.TryRead(byRsa, out var rsa, out _));
        Assert.True(SigV4.TryRead(Signed(), out var hmac, out _));

        Assert.False(SigV4.Verify(byRsa, rsa, new byte[32]));
        Assert.False(SigV4.VerifyRsa(Signed(), hmac, key));
    }

    [Theory]
    [InlineData("mi-0123456789abcdef")]
    [InlineData("mi-0123456789ABCDEF0")]
    [InlineData("i-0123456789abcdef0")]
    public void An_id_that_is_not_a_managed_nodes_is_an_ordinary_key(string id)
    {
        var message = Plain.With(SigV4.SignRsa(Plain, id, key, "us-east-1", "ssm", Now));

        Assert.True(SigV4.TryRead(message, out var claim, out _));
        Assert.Equal(SignatureAlgorithm.Hmac, claim.Algorithm);
    }
}
