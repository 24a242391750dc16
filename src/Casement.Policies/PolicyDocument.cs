using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Casement.Policies;

/// <summary>
/// A policy that was read, checked and made ready for decisions. Immutable; any number of threads may use it, and any
/// number of principals may share it.
/// </summary>
public sealed class PolicyDocument
{
    /// <summary>
    /// The longest text that is read at all, in characters. IAM's own quotas are far below and are the business of
    /// the operations that store documents.
    /// </summary>
    public const int LengthMax = 1 << 20;

    private static readonly UTF8Encoding Strict = new(false, throwOnInvalidBytes: true);

    private PolicyDocument(string json, PolicyKind kind, RawPolicy raw)
    {
        Json = json;
        Kind = kind;
        Version = raw.Version ?? RawPolicy.Version2008;
        Id = raw.Id;
        Statements = raw.Statements;
        Principals = [.. raw.Statements.SelectMany(s => s.Principals ?? s.NotPrincipals ?? [])];
        var compiled = raw.Statements.Select(s => new CompiledStatement(s, raw.HasVariables)).ToArray();
        Allows = new StatementIndex([.. compiled.Where(s => s.Source.Effect == PolicyEffect.Allow)]);
        Denies = new StatementIndex([.. compiled.Where(s => s.Source.Effect == PolicyEffect.Deny)]);
        AsOwn = new AttachedPolicy(
            kind == PolicyKind.Trust ? new PolicySource.OfTrust() : new PolicySource.OfResource(), this);
    }

    /// <summary>The text as given, whitespace included.</summary>
    public string Json { get; }

    /// <summary>What the document was read as.</summary>
    public PolicyKind Kind { get; }

    /// <summary>
    /// <c>2012-10-17</c>, or <c>2008-10-17</c>, which is also meant by none. Only the newer has variables.
    /// </summary>
    public string Version { get; }

    /// <summary>The document's own name, if it has one.</summary>
    public string? Id { get; }

    /// <summary>The statements as written, at least one.</summary>
    public IReadOnlyList<PolicyStatement> Statements { get; }

    /// <summary>Every principal that the document names, in the order of the text.</summary>
    public IReadOnlyList<PrincipalName> Principals { get; }

    internal StatementIndex Allows { get; }

    internal StatementIndex Denies { get; }

    /// <summary>The document as the policy of the resource or role that a request names.</summary>
    internal AttachedPolicy AsOwn { get; }

    /// <summary>
    /// Reads a document, or says the first fault in the order and wording of AWS's <c>MalformedPolicyDocument</c>.
    /// </summary>
    public static bool TryParse(
        string json, PolicyKind kind,
        [NotNullWhen(true)] out PolicyDocument? doc, [NotNullWhen(false)] out PolicyFault? fault)
    {
        ArgumentNullException.ThrowIfNull(json);
        doc = null;
        if (json.Length > LengthMax)
        {
            fault = new PolicyFault(PolicyFault.Syntax,
                $"The document has {json.Length} characters; at most {LengthMax} are read.");
            return false;
        }

        byte[] utf8;
        try
        {
            utf8 = Strict.GetBytes(json);
        }
        catch (EncoderFallbackException e)
        {
            fault = new PolicyFault(PolicyFault.Syntax, $"Half a surrogate pair stands at character {e.Index + 1}.");
            return false;
        }

        var raw = PolicyReader.Read(utf8, kind, out fault);
        fault ??= PolicyChecks.FirstFault(raw!, kind);
        if (fault is not null)
        {
            return false;
        }

        doc = new PolicyDocument(json, kind, raw!);
        return true;
    }

    /// <summary>
    /// The text with principals of type <c>AWS</c> replaced: <paramref name="map"/> is asked for each value once per
    /// place and answers the new value, or null to leave it. Nothing else of the text changes. For storing the unique
    /// ids of own users and roles, so that a new user of an old name does not inherit trust, and for showing ARNs.
    /// </summary>
    public string RewritePrincipals(Func<string, string?> map)
    {
        ArgumentNullException.ThrowIfNull(map);
        var utf8 = Strict.GetBytes(Json);
        var rewritten = new StringBuilder();
        var at = 0;
        foreach (var principal in Principals.Where(p => p.Type == "AWS"))
        {
            if (map(principal.Value) is { } value)
            {
                var quoted = JsonEncodedText.Encode(value, JavaScriptEncoder.UnsafeRelaxedJsonEscaping);
                rewritten.Append(Strict.GetString(utf8.AsSpan(at..principal.Bytes.Start.Value)));
                rewritten.Append('"').Append(quoted.Value).Append('"');
                at = principal.Bytes.End.Value;
            }
        }

        return rewritten.Append(Strict.GetString(utf8.AsSpan(at..))).ToString();
    }
}
