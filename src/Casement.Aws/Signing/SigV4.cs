using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace Casement.Aws.Signing;

/// <summary>
/// AWS Signature Version 4, both sides. A server calls <see cref="TryRead"/>, <see cref="Check"/> and
/// <see cref="Verify"/> (or <see cref="VerifyRsa"/>) in this order: a request is authentic if and only if all three agree.
/// </summary>
public static partial class SigV4
{
    internal const string Terminator = "aws4_request";

    /// <summary>How far the signer's clock may be off in either direction: fifteen minutes.</summary>
    public static TimeSpan Tolerance { get; } = TimeSpan.FromMinutes(15);

    /// <summary>
    /// Reads the claim from the Authorization header or from a presigned query. Exactly one of
    /// <paramref name="claim"/> and <paramref name="fault"/> is set.
    /// </summary>
    public static bool TryRead(
        HttpMessage message,
        [NotNullWhen(true)] out SignatureClaim? claim,
        [NotNullWhen(false)] out AuthFault? fault)
    {
        ArgumentNullException.ThrowIfNull(message);
        (claim, fault) = ClaimReader.Read(message);
        return claim is not null;
    }

    /// <summary>
    /// Everything that needs no key: scope, clock, which headers are signed, the declared hash of the body. Null when
    /// nothing is wrong. An <c>x-amz-*</c> header must be signed, save the session token (bound to its key) and the
    /// body's hash (compared with the body).
    /// </summary>
    /// <param name="expectedService">The signing name of the service addressed, such as <c>ssm</c>.</param>
    public static AuthFault? Check(
        HttpMessage message, SignatureClaim claim, string expectedService, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(message);
        ArgumentNullException.ThrowIfNull(claim);
        return CheckScope(claim, expectedService)
            ?? CheckClock(claim, now)
            ?? CheckSignedHeaders(message, claim)
            ?? CheckBody(message);
    }

    /// <summary>Whether the claim's signature is the one this key gives; takes the same time for every wrong one.</summary>
    /// <param name="signingKey">From <see cref="SigningKey"/> for the claim's date, region and service.</param>
    public static bool Verify(HttpMessage message, SignatureClaim claim, ReadOnlySpan<byte> signingKey)
    {
        ArgumentNullException.ThrowIfNull(message);
        ArgumentNullException.ThrowIfNull(claim);
        Span<byte> expected = stackalloc byte[HMACSHA256.HashSizeInBytes];
        var text = new Utf8Text(stackalloc byte[256]);
        CanonicalRequest.WriteStringToSign(ref text, message, claim);
        HMACSHA256.HashData(signingKey, text.Written, expected);
        text.Dispose();

        Span<char> hex = stackalloc char[expected.Length * 2];
        Convert.TryToHexStringLower(expected, hex, out _);
        return claim.Algorithm == SignatureAlgorithm.Hmac
            && CryptographicOperations.FixedTimeEquals(
                MemoryMarshal.AsBytes<char>(hex),
                MemoryMarshal.AsBytes(claim.Signature.AsSpan()));
    }

    /// <summary>Whether a managed node with this key signed: RSASSA-PSS, SHA-256, MGF1 with SHA-256, 32 bytes of salt.</summary>
    public static bool VerifyRsa(HttpMessage message, SignatureClaim claim, RSA publicKey)
    {
        ArgumentNullException.ThrowIfNull(message);
        ArgumentNullException.ThrowIfNull(claim);
        ArgumentNullException.ThrowIfNull(publicKey);
        Span<byte> signature = stackalloc byte[1024];
        if (claim.Algorithm != SignatureAlgorithm.Rsa
            || !Convert.TryFromBase64String(claim.Signature, signature, out var length))
        {
            return false;
        }

        var text = new Utf8Text(stackalloc byte[256]);
        CanonicalRequest.WriteStringToSign(ref text, message, claim);
        var verified = publicKey.VerifyData(
            text.Written, signature[..length], HashAlgorithmName.SHA256, RSASignaturePadding.Pss);
        text.Dispose();
        return verified;
    }

    /// <summary>
    /// The 32-byte key of a secret for one day, region and service. Four HMACs: callers keep it for the day. It signs
    /// for that scope as well as the secret itself, so it is guarded like one.
    /// </summary>
    /// <param name="date"><c>yyyyMMdd</c>.</param>
    public static byte[] SigningKey(string secret, string date, string region, string service)
    {
        var key = Encoding.UTF8.GetBytes($"AWS4{secret}");
        foreach (var part in (ReadOnlySpan<string>)[date, region, service, Terminator])
        {
            var next = HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(part));
            CryptographicOperations.ZeroMemory(key);
            key = next;
        }

        return key;
    }

    internal static string Timestamp(DateTimeOffset instant)
        => instant.UtcDateTime.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture);

    private static AuthFault? CheckScope(SignatureClaim claim, string expectedService)
    {
        if (IsRegion(claim.Region) && claim.Service == expectedService && claim.Terminator == Terminator
            && claim.Timestamp.StartsWith(claim.Date, StringComparison.Ordinal) && claim.Date.Length == 8)
        {
            return null;
        }

        List<string> problems = [];
        if (!IsRegion(claim.Region))
        {
            problems.Add($"Credential should be scoped to a valid region, not '{claim.Region}'.");
        }

        if (claim.Service != expectedService)
        {
            problems.Add($"Credential should be scoped to correct service: '{expectedService}'.");
        }

        if (claim.Terminator != Terminator)
        {
            problems.Add($"Credential should be scoped with a valid terminator: '{Terminator}', not '{claim.Terminator}'.");
        }

        var day = claim.Timestamp[..8];
        if (claim.Date != day)
        {
            problems.Add("Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: "
                + $"'{claim.Date}' != '{day}', from '{claim.Timestamp}'.");
        }

        return new AuthFault.WrongScope(string.Join(' ', problems));
    }

    /// <summary>Letters in two or more groups and a number at the end: <c>eu-west-1</c>, <c>us-gov-east-1</c>.</summary>
    private static bool IsRegion(string region)
    {
        if (region.Length is < 6 or > 32)
        {
            return false;
        }

        var groups = 0;
        var number = false;
        foreach (var range in region.AsSpan().Split('-'))
        {
            var group = region.AsSpan(range);
            var letters = !group.IsEmpty && group.IndexOfAnyExceptInRange('a', 'z') < 0;
            if (number || (!letters && (group.IsEmpty || group.IndexOfAnyExceptInRange('0', '9') >= 0)))
            {
                return false;
            }

            groups++;
            number = !letters;
        }

        return number && groups >= 3;
    }

    private static AuthFault? CheckClock(SignatureClaim claim, DateTimeOffset now)
    {
        // Signatures know whole seconds; a fraction here would refuse with two equal instants in the text.
        var second = new DateTimeOffset(now.UtcTicks - (now.UtcTicks % TimeSpan.TicksPerSecond), TimeSpan.Zero);
        var life = claim.ExpiresSeconds is { } seconds ? TimeSpan.FromSeconds(seconds) : Tolerance;
        if (claim.SignedAt < second - life)
        {
            return new AuthFault.SignatureExpired(claim.SignedAt, second, life);
        }

        return claim.SignedAt > second + Tolerance
            ? new AuthFault.SignatureNotYetCurrent(claim.SignedAt, second, Tolerance)
            : null;
    }

    private static AuthFault? CheckSignedHeaders(HttpMessage message, SignatureClaim claim)
    {
        if (!claim.Signs("host"))
        {
            return new AuthFault.UnsignedHeader("host");
        }

        for (var index = 0; index < message.Headers.Count; index++)
        {
            var name = message.Headers[index].Key;
            if (name.StartsWith("x-amz-", StringComparison.OrdinalIgnoreCase)
                && !claim.Signs(name)
                && !name.Equals("x-amz-security-token", StringComparison.OrdinalIgnoreCase)
                && !name.Equals("x-amz-content-sha256", StringComparison.OrdinalIgnoreCase))
            {
                return new AuthFault.UnsignedHeader(name.ToLowerInvariant());
            }
        }

        return null;
    }

    private static AuthFault? CheckBody(HttpMessage message)
    {
        if (message.Header("x-amz-content-sha256") is not { } claimed)
        {
            return null;
        }

        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(message.Body.Span, hash);
        Span<char> hex = stackalloc char[hash.Length * 2];
        Convert.TryToHexStringLower(hash, hex, out _);
        return hex.SequenceEqual(claimed) ? null : new AuthFault.BodyHashMismatch(claimed);
    }
}
