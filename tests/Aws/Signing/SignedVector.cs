using System.Text;
using System.Text.Json;
using Casement.Aws.Signing;

namespace Casement.Aws.Tests.Signing;

/// <summary>A request that somebody else signed, with the texts that the signer saw.</summary>
public sealed record SignedVector(
    string Name, HttpMessage Message, string Secret, string PublicKey, string CanonicalRequest, string StringToSign)
{
    public static IReadOnlyList<SignedVector> Agent { get; } = ReadAgent();

    public static IReadOnlyList<SignedVector> Botocore { get; } = ReadBotocore();

    public SignatureClaim Claim()
    {
        Assert.True(SigV4.TryRead(Message, out var claim, out var fault), fault?.ToString());
        return claim;
    }

    public bool Verifies(HttpMessage message) => SigV4.TryRead(message, out var claim, out _)
        && (PublicKey.Length > 0 ? VerifiesRsa(message, claim) : SigV4.Verify(message, claim, Key(claim)));

    public override string ToString() => Name;

    private byte[] Key(SignatureClaim claim) => SigV4.SigningKey(Secret, claim.Date, claim.Region, claim.Service);

    private bool VerifiesRsa(HttpMessage message, SignatureClaim claim)
    {
        using var rsa = System.Security.Cryptography.RSA.Create();
        rsa.ImportSubjectPublicKeyInfo(Convert.FromBase64String(PublicKey), out _);
        return SigV4.VerifyRsa(message, claim, rsa);
    }

    private static List<SignedVector> ReadAgent()
    {
        using var file = Open("agent-vectors.json");
        return [.. file.RootElement.GetProperty("vectors").EnumerateArray().Select(vector =>
        {
            var target = Text(vector, "path").Split('?');
            var headers = vector.GetProperty("headers").EnumerateObject()
                .Select(header => KeyValuePair.Create(header.Name, header.Value.GetString()!));
            var body = Encoding.UTF8.GetBytes(Text(vector, "body"));
            var message = new HttpMessage(
                Text(vector, "method"), target[0], target.ElementAtOrDefault(1) ?? "", [.. headers], body);
            return new SignedVector(Text(vector, "name"), message, Text(vector, "secretAccessKey"),
                Text(vector, "publicKeySpkiBase64"), Text(vector, "canonicalRequest"), Text(vector, "stringToSign"));
        })];
    }

    /// <summary>What <c>botocore_signer.py</c> writes; a secret of its own goes before the common one.</summary>
    public static IReadOnlyList<SignedVector> Read(JsonElement file) =>
    [
        .. file.GetProperty("vectors").EnumerateArray().Select(vector =>
        {
            var headers = vector.GetProperty("headers").EnumerateArray()
                .Select(header => KeyValuePair.Create(header[0].GetString()!, header[1].GetString()!));
            var body = vector.TryGetProperty("body64", out var base64)
                ? base64.GetBytesFromBase64()
                : Encoding.UTF8.GetBytes(Text(vector, "body"));
            var message = new HttpMessage(
                Text(vector, "method"), Text(vector, "path"), Text(vector, "query"), [.. headers], body);
            var secret = vector.TryGetProperty("secretAccessKey", out _) ? vector : file;
            return new SignedVector(Text(vector, "name"), message, Text(secret, "secretAccessKey"), "",
                Text(vector, "canonicalRequest"), Text(vector, "stringToSign"));
        }),
    ];

    private static IReadOnlyList<SignedVector> ReadBotocore()
    {
        using var file = Open("sigv4-vectors.json");
        return Read(file.RootElement);
    }

    private static JsonDocument Open(string name)
        => JsonDocument.Parse(File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Data", name)));

    private static string Text(JsonElement element, string name)
        => element.TryGetProperty(name, out var value) ? value.GetString()! : "";
}
