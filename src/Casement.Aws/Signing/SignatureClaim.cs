using System.Text;

namespace Casement.Aws.Signing;

/// <summary>How <see cref="SignatureClaim.Signature"/> was made. Both travel as <c>AWS4-HMAC-SHA256</c>.</summary>
public enum SignatureAlgorithm
{
    /// <summary>HMAC-SHA-256 with a key derived from the secret access key; lower-case hex.</summary>
    Hmac = 1,

    /// <summary>RSASSA-PSS over SHA-256 with a managed node's key (key id <c>mi-…</c>); base64.</summary>
    Rsa = 2,
}

/// <summary>What a request says about its signer. Nothing here is proven before the signature has been verified.</summary>
public sealed record SignatureClaim
{
    /// <summary>Who claims to have signed: an access key id, or a managed node's id.</summary>
    public required string AccessKeyId { get; init; }

    /// <summary>The day of the scope, <c>yyyyMMdd</c> as sent.</summary>
    public required string Date { get; init; }

    /// <summary>The region of the scope as sent.</summary>
    public required string Region { get; init; }

    /// <summary>The service's signing name as sent.</summary>
    public required string Service { get; init; }

    /// <summary>The last part of the scope as sent; <c>aws4_request</c> if the client is sound.</summary>
    public string Terminator { get; init; } = SigV4.Terminator;

    /// <summary>Lower-case header names joined by semicolons, in the order that the signer used.</summary>
    public required string SignedHeaders { get; init; }

    /// <summary>Hex for <see cref="SignatureAlgorithm.Hmac"/>, base64 for <see cref="SignatureAlgorithm.Rsa"/>.</summary>
    public required string Signature { get; init; }

    /// <summary>The instant as it enters the string to sign: <c>yyyyMMddTHHmmssZ</c>.</summary>
    public required string Timestamp { get; init; }

    /// <summary><see cref="Timestamp"/> as a value, whole seconds of UTC.</summary>
    public required DateTimeOffset SignedAt { get; init; }

    /// <summary>The session token sent with the request, signed or not; it must belong to the access key.</summary>
    public string? SessionToken { get; init; }

    /// <summary>Whether the signature stands in the query string.</summary>
    public bool Presigned { get; init; }

    /// <summary>1 to 604,800; null for a header signature and for a presigned query that does not say.</summary>
    public int? ExpiresSeconds { get; init; }

    /// <summary>Decided by the form of <see cref="AccessKeyId"/>.</summary>
    public required SignatureAlgorithm Algorithm { get; init; }

    /// <summary>Whether the header (lower-case name) is among the signed ones.</summary>
    public bool Signs(ReadOnlySpan<char> name)
    {
        foreach (var range in SignedHeaders.AsSpan().Split(';'))
        {
            if (SignedHeaders.AsSpan(range).Equals(name, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        return false;
    }

    private bool PrintMembers(StringBuilder builder)
    {
        builder.Append("AccessKeyId = ").Append(AccessKeyId)
            .Append(", Scope = ").Append(Date).Append('/').Append(Region).Append('/').Append(Service)
            .Append(", SignedHeaders = ").Append(SignedHeaders)
            .Append(", Timestamp = ").Append(Timestamp)
            .Append(", Algorithm = ").Append(Algorithm);
        return true;
    }
}
