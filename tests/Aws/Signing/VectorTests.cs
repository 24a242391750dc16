using System.Text;
using Casement.Aws.Signing;
using CsCheck;

namespace Casement.Aws.Tests.Signing;

public sealed class VectorTests
{
    private static readonly SignedVector[] All = [.. SignedVector.Agent, .. SignedVector.Botocore];

    public static TheoryData<string> Names => [.. All.Select(vector => vector.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_recorded_request_gives_the_texts_its_signer_saw_and_verifies(string name)
    {
        var vector = All.Single(candidate => candidate.Name == name);
        var claim = vector.Claim();
        var canonical = new Utf8Text(stackalloc byte[16]);
        CanonicalRequest.Write(ref canonical, vector.Message, claim);

        Assert.Equal(vector.CanonicalRequest, Encoding.UTF8.GetString(canonical.Written));
        Assert.Equal(vector.StringToSign, Encoding.UTF8.GetString(SigV4.StringToSign(vector.Message, claim)));
        Assert.True(vector.Verifies(vector.Message));
        if (claim.Service != "service")
        {
            Assert.Null(SigV4.Check(vector.Message, claim, claim.Service, claim.SignedAt.AddMinutes(1)));
        }

        canonical.Dispose();
    }

    /// <summary>As AWS publishes them with its test suite, so that not only botocore vouches for the data.</summary>
    [Theory]
    [InlineData("get-vanilla", "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31")]
    [InlineData("get-header-key-duplicate", "c9d5ea9f3f72853aea855b47ea873832890dbdd183b4468f858259531a5138ea")]
    [InlineData("presign-vanilla", "e93c787ed7f371d5c6b165c1b38ede9550f4dce4144713e844b25b7192d3865d")]
    [InlineData("get-vanilla-query-order-key", "eedbc4e291e521cf13422ffca22be7d2eb8146eecf653089df300a15b2382bd1")]
    [InlineData("get-vanilla-query-order-value", "5772eed61e12b33fae39ee5e7012498b51d56abc0abb7c60486157bd471c4694")]
    [InlineData("get-vanilla-query-order-key-case", "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500")]
    [InlineData("get-vanilla-query-order-encoded", "371d3713e185cc334048618a97f809c9ffe339c62934c032af5a0e595648fcac")]
    [InlineData("get-vanilla-empty-query-key", "a67d582fa61cc504c4bae71f336f98b97f1ea3c7a6bfe1b6e45aec72011b9aeb")]
    [InlineData("get-vanilla-query-unreserved", "9c3e54bfcdf0b19771a7f523ee5669cdf59bc7cc0884027167c21bb143a40197")]
    [InlineData("get-vanilla-utf8-query", "2cdec8eed098649ff3a119c94853b13c643bcf08f8b0a1d91e12c9027818dd04")]
    [InlineData("get-utf8", "8318018e0b0f223aa2bbf98705b62bb787dc9c0e678f255a891fd03141be5d85")]
    [InlineData("get-header-value-order", "08c7e5a9acfcfeb3ab6b2185e75ce8b1deb5e634ec47601a50643f830c755c01")]
    [InlineData("get-header-value-trim", "acc3ed3afb60bb290fc8d2dd0098b9911fcaa05412b367055dee359757a9c736")]
    [InlineData("get-space", "652487583200325589f1fba4c7e578f72c47cb61beeca81406b39ddec1366741")]
    [InlineData("get-slashes", "9a624bd73a37c9a373b5312afbebe7a714a789de108f0bdfe846570885f57e84")]
    [InlineData("post-vanilla-query", "28038455d6de14eafc1f9222cf5aa6f1a96197d7deb8263271d420d138af7f11")]
    [InlineData("post-header-key-sort", "c5410059b04c1ee005303aed430f6e6645f61f4dc9e1461ec8f8916fdf18852c")]
    [InlineData("post-header-value-case", "cdbc9802e29d2942e5e10b5bccfdd67c5f22c7c4e8ae67b53629efa58b974b7d")]
    [InlineData("post-x-www-form-urlencoded", "ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a")]
    [InlineData("post-x-www-form-urlencoded-parameters", "1a72ec8f64bd914b0e42e42607c7fbce7fb2c7465f63e3092b3b0d39fa77a6fe")]
    [InlineData("post-sts-header-before", "85d96828115b5dc0cfc3bd16ad9e210dd772bbebba041836c64533a82be05ead")]
    [InlineData("post-sts-header-after", "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b")]
    public void A_published_signature_is_reproduced(string name, string signature)
        => Assert.Equal(signature, All.Single(vector => vector.Name == name).Claim().Signature);

    [Fact]
    public void A_presigned_vector_says_how_long_it_lives()
        => Assert.Equal(3600, All.Single(vector => vector.Name == "presign-vanilla").Claim().ExpiresSeconds);

    [Fact]
    public void The_agents_role_token_call_is_told_apart_by_its_key_id()
    {
        var claims = SignedVector.Agent.Select(vector => vector.Claim()).ToList();

        Assert.Single(claims, claim => claim.Algorithm == SignatureAlgorithm.Rsa);
        Assert.All(claims, claim =>
            Assert.Equal(claim.AccessKeyId.StartsWith("mi-", StringComparison.Ordinal), claim.SessionToken is null));
    }

    [Fact]
    public void One_changed_byte_anywhere_under_the_signature_is_refused()
    {
        Mutation.Sample(mutation => Assert.False(mutation.Vector.Verifies(mutation.Apply()), mutation.ToString()), iter: 3000);
    }

    [Fact]
    public void The_mutations_reach_body_path_query_headers_and_signature_of_both_algorithms()
    {
        var reached = new HashSet<(Part, bool)>();
        Mutation.Sample(mutation => { reached.Add((mutation.Part, mutation.Vector.PublicKey.Length > 0)); },
            iter: 5000, threads: 1);

        Assert.Superset(
            new HashSet<(Part, bool)>
            {
                (Part.Body, true), (Part.Body, false), (Part.Path, false), (Part.Query, false),
                (Part.Header, true), (Part.Header, false), (Part.Signature, true), (Part.Signature, false),
            },
            reached);
    }

    private static Gen<Change> Mutation { get; } =
        from vector in Gen.OneOf(All)
        from part in Gen.OneOf(Parts(vector))
        from position in Gen.Int[0, 10_000]
        from letter in Gen.OneOf([.. "qZ7"])
        select new Change(vector, part, position, letter);

    private static Part[] Parts(SignedVector vector)
    {
        List<Part> parts = [Part.Header, Part.Signature];
        if (vector.Message.Body.Length > 0)
        {
            parts.Add(Part.Body);
        }

        if (vector.Message.RawPath.Length > 1)
        {
            parts.Add(Part.Path);
        }

        if (vector.Message.RawQuery.Length > 0)
        {
            parts.Add(Part.Query);
        }

        return [.. parts];
    }

    private enum Part { Body, Path, Query, Header, Signature }

    private sealed record Change(SignedVector Vector, Part Part, int Position, char Letter)
    {
        public HttpMessage Apply()
        {
            var message = Vector.Message;
            return Part switch
            {
                Part.Body => message with { Body = FlipBit(message.Body) },
                // A new last segment changes the resource whatever dots and slashes stand before it.
                Part.Path => message with { RawPath = $"{message.RawPath}/{Letter}" },
                Part.Query => message with { RawQuery = Insert(message.RawQuery) },
                Part.Header => message with { Headers = ChangeHeader() },
                Part.Signature => ChangeSignature(),
            };
        }

        private byte[] FlipBit(ReadOnlyMemory<byte> body)
        {
            var bytes = body.ToArray();
            bytes[Position % bytes.Length] ^= 1;
            return bytes;
        }

        private string Insert(string text) => text.Insert(Position % (text.Length + 1), Letter.ToString());

        private KeyValuePair<string, string>[] ChangeHeader()
        {
            var signed = Vector.Claim().SignedHeaders.Split(';');
            var name = signed[Position % signed.Length];
            KeyValuePair<string, string>[] headers = [.. Vector.Message.Headers];
            var index = Array.FindIndex(headers, header => header.Key.Equals(name, StringComparison.OrdinalIgnoreCase));
            headers[index] = KeyValuePair.Create(headers[index].Key, headers[index].Value + Letter);
            return headers;
        }

        private HttpMessage ChangeSignature()
        {
            var signature = Vector.Claim().Signature;
            var index = Position % (signature.Length - 2);
            var changed = signature[..index] + (signature[index] == 'a' ? 'b' : 'a') + signature[(index + 1)..];
            return Vector.Message with
            {
                RawQuery = Vector.Message.RawQuery.Replace(signature, changed, StringComparison.Ordinal),
                Headers = [.. Vector.Message.Headers.Select(header => KeyValuePair.Create(
                    header.Key, header.Value.Replace(signature, changed, StringComparison.Ordinal)))],
            };
        }
    }
}
