using System.Diagnostics;
using System.Globalization;

namespace Casement.Aws;

/// <summary>
/// Why a caller is not let in. One value, two spellings: JSON services answer 400 with an <c>…Exception</c> code,
/// Query services mostly 403 with a bare one.
/// </summary>
public abstract record AuthFault
{
    private const string SignatureText =
        "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access "
        + "Key and signing method. Consult the service documentation for details.";

    private protected AuthFault() { }

    /// <summary>The refusal as <paramref name="protocol"/> spells it.</summary>
    public AwsException ToException(WireProtocol protocol)
    {
        var (json, query, queryStatus) = Codes();
        return protocol switch
        {
            WireProtocol.Json11 => new AwsException(json, Text()),
            WireProtocol.Query => new AwsException(query, Text(), queryStatus),
        };
    }

    private (string Json, string Query, int QueryStatus) Codes() => this switch
    {
        Denied { BySns: true } => ("AccessDeniedException", "AuthorizationError", 403),
        Denied => ("AccessDeniedException", "AccessDenied", 403),
        MissingToken => ("MissingAuthenticationTokenException", "MissingAuthenticationToken", 403),
        UnknownCredential => ("UnrecognizedClientException", "InvalidClientTokenId", 403),
        ExpiredSession => ("ExpiredTokenException", "ExpiredToken", 403),
        WrongSignature or SignatureExpired or SignatureNotYetCurrent or WrongScope or BothForms or UnsignedHeader
            or BodyHashMismatch => ("InvalidSignatureException", "SignatureDoesNotMatch", 403),
        IncompleteHeader or IncompleteQuery or MalformedCredential or MalformedDate
            => ("IncompleteSignatureException", "IncompleteSignature", 400),
        _ => throw new UnreachableException(),
    };

    private string Text() => this switch
    {
        Denied denied => denied.Reason,
        MissingToken => "Request is missing Authentication Token",
        UnknownCredential => "The security token included in the request is invalid.",
        ExpiredSession => "The security token included in the request is expired",
        WrongSignature => SignatureText,
        SignatureExpired late => $"Signature expired: {Basic(late.SignedAt)} is now earlier than "
            + $"{Basic(late.Now - late.Tolerance)} ({Basic(late.Now)} - {Span(late.Tolerance)}.)",
        SignatureNotYetCurrent early => $"Signature not yet current: {Basic(early.SignedAt)} is still later than "
            + $"{Basic(early.Now + early.Tolerance)} ({Basic(early.Now)} + {Span(early.Tolerance)}.)",
        WrongScope scope => scope.Problems,
        BothForms => "Found both 'X-Amz-Algorithm' as a query-string param and 'Authorization' as HTTP header.",
        UnsignedHeader { Name: "host" } => "'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.",
        UnsignedHeader header => $"'{header.Name}' must be a 'SignedHeader' in the AWS Authorization.",
        BodyHashMismatch { Claimed: "UNSIGNED-PAYLOAD" } =>
            "The provided 'x-amz-content-sha256' header is UNSIGNED-PAYLOAD: this service requires a signed body.",
        BodyHashMismatch => "The provided 'x-amz-content-sha256' header does not match what was computed.",
        IncompleteHeader header => $"{header.Problems} Authorization={header.Header}",
        IncompleteQuery query => $"{query.Problems} Re-examine the query-string parameters.",
        MalformedCredential credential => "Credential must have exactly 5 slash-delimited elements, "
            + $"e.g. keyid/date/region/service/term, got '{credential.Credential}'",
        MalformedDate date =>
            $"Date must be in ISO-8601 'basic format'. Got '{date.Value}'. See http://en.wikipedia.org/wiki/ISO_8601",
        _ => throw new UnreachableException(),
    };

    private static string Basic(DateTimeOffset instant)
        => instant.UtcDateTime.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture);

    private static string Span(TimeSpan span) => span.Ticks % TimeSpan.TicksPerMinute == 0
        ? string.Create(CultureInfo.InvariantCulture, $"{span.Ticks / TimeSpan.TicksPerMinute} min")
        : string.Create(CultureInfo.InvariantCulture, $"{span.Ticks / TimeSpan.TicksPerSecond} sec");

    /// <summary>Known, but not permitted. <paramref name="Reason"/> is the whole text; SNS has a code of its own.</summary>
    public sealed record Denied(string Reason, bool BySns = false) : AuthFault;

    /// <summary>No Authorization, or one of another scheme.</summary>
    public sealed record MissingToken : AuthFault;

    /// <summary>An unknown, inactive or deleted access key, or a session token that does not belong to the key.</summary>
    public sealed record UnknownCredential : AuthFault;

    /// <summary>A temporary credential after its expiration.</summary>
    public sealed record ExpiredSession : AuthFault;

    /// <summary>The signature is not the one that key, scope and request give.</summary>
    public sealed record WrongSignature : AuthFault;

    /// <summary>Signed more than <paramref name="Tolerance"/> ago; for a presigned request its own life time.</summary>
    public sealed record SignatureExpired(DateTimeOffset SignedAt, DateTimeOffset Now, TimeSpan Tolerance) : AuthFault;

    /// <summary>Signed by a clock more than <paramref name="Tolerance"/> ahead.</summary>
    public sealed record SignatureNotYetCurrent(DateTimeOffset SignedAt, DateTimeOffset Now, TimeSpan Tolerance)
        : AuthFault;

    /// <summary>Region, service, terminator or date of the scope are wrong; sentences joined by spaces.</summary>
    public sealed record WrongScope(string Problems) : AuthFault;

    /// <summary>Signed in the header and in the query string at once.</summary>
    public sealed record BothForms : AuthFault;

    /// <summary>A header that must be signed is not; <paramref name="Name"/> is lower case.</summary>
    public sealed record UnsignedHeader(string Name) : AuthFault;

    /// <summary><c>x-amz-content-sha256</c> does not say the hash of this body.</summary>
    public sealed record BodyHashMismatch(string Claimed) : AuthFault;

    /// <summary>Parts of the Authorization header are missing; sentences joined by spaces, then the header as sent.</summary>
    public sealed record IncompleteHeader(string Problems, string Header) : AuthFault;

    /// <summary>Parts of a presigned query are missing or out of range; sentences joined by spaces.</summary>
    public sealed record IncompleteQuery(string Problems) : AuthFault;

    /// <summary>The credential is not key id, date, region, service and terminator.</summary>
    public sealed record MalformedCredential(string Credential) : AuthFault;

    /// <summary>The date of the request is neither <c>yyyyMMddTHHmmssZ</c> nor an HTTP date.</summary>
    public sealed record MalformedDate(string Value) : AuthFault;
}
