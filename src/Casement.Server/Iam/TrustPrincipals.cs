using Casement.Policies;
using Casement.Storage;

namespace Casement.Server.Iam;

/// <summary>
/// Users and roles in a trust policy are stored by their unique ids and shown by their ARNs, so that somebody who is created
/// again under an old name does not inherit trust; then the id of the one who is gone shows.
/// </summary>
internal static class TrustPrincipals
{
    private static readonly string[] Providers = ["accounts.google.com", "cognito-identity.amazonaws.com", "graph.facebook.com", "www.amazon.com"];
    private static readonly string[] ServiceDomains = [".amazonaws.com", ".amazonaws.com.cn", ".amazon.com", ".aws.internal"];

    /// <summary>The text to store.</summary>
    /// <exception cref="Casement.Aws.AwsException">MalformedPolicyDocument, also for a principal that does not exist.</exception>
    public static string Stored(Tx tx, string text)
    {
        var document = PolicyRules.Parse(text, PolicyKind.Trust);
        foreach (var principal in document.Principals)
        {
            if (!Exists(tx, principal))
            {
                throw PolicyRules.Malformed(PolicyFault.InvalidPrincipal(principal));
            }
        }

        return document.RewritePrincipals(value => IdOf(tx, value));
    }

    /// <summary>The text to show.</summary>
    public static string Shown(Tx tx, string stored) => PolicyDocument.TryParse(stored, PolicyKind.Trust, out var document, out _)
        ? document.RewritePrincipals(value => ArnOf(tx, value))
        : stored;

    private static bool Exists(Tx tx, PrincipalName principal) => principal.Type switch
    {
        "AWS" => IsKnown(tx, principal.Value),
        "Service" => ServiceDomains.Any(d => principal.Value.EndsWith(d, StringComparison.Ordinal)),
        _ => Providers.Contains(principal.Value, StringComparer.Ordinal),
    };

    private static bool IsKnown(Tx tx, string value)
    {
        if (value == "*")
        {
            return true;
        }

        if (value.Length == 12 && !value.AsSpan().ContainsAnyExceptInRange('0', '9'))
        {
            return Accounts.Exists(tx, value);
        }

        var parts = value.Split(':', 6);
        if (parts.Length < 6)
        {
            return ArnOf(tx, value) is not null;
        }

        return parts[5].Split('/') switch
        {
            ["root"] => Accounts.Exists(tx, parts[4]),
            ["assumed-role", var role, ..] => Roles.ByName(tx, new Scope(parts[4], ""), role)?.Name == role,
            ["federated-user", ..] => Accounts.Exists(tx, parts[4]),
            _ => IdOf(tx, value) is not null,
        };
    }

    /// <summary>The unique id of a user or role by its exact ARN; null for anything else.</summary>
    private static string? IdOf(Tx tx, string value)
    {
        var parts = value.Split(':', 6);
        if (parts.Length < 6 || parts[2] != "iam")
        {
            return null;
        }

        var scope = new Scope(parts[4], "");
        var name = parts[5][(parts[5].LastIndexOf('/') + 1)..];
        return parts[5].Split('/')[0] switch
        {
            "user" when Users.ByName(tx, scope, name) is { } user && parts[5] == $"user{user.Path}{user.Name}" => user.Id,
            "role" when Roles.ByName(tx, scope, name) is { } role && parts[5] == $"role{role.Path}{role.Name}" => role.Id,
            _ => null,
        };
    }

    private static string? ArnOf(Tx tx, string value) => value switch
    {
        _ when value.StartsWith("AIDA", StringComparison.Ordinal) => Users.ArnOf(tx, value),
        _ when value.StartsWith("AROA", StringComparison.Ordinal) => Roles.ArnOf(tx, value),
        _ => null,
    };
}
