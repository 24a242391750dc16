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

    [Fact]
    public void The_published_signatures_of_get_vanilla_are_reproduced()
    {
        var header = All.Single(vector => vector.Name == "get-vanilla").Claim();
        var presigned = All.Single(vector => vector.Name == "presign-vanilla").Claim();

        Assert.Equal("5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31", header.Signature);
        Assert.Equal("e93c787ed7f371d5c6b165c1b38ede9550f4dce4144713e844b25b7192d3865d", presigned.Signature);
        Assert.Equal(3600, presigned.ExpiresSeconds);
    }

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
