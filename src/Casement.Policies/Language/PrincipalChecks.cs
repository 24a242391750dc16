namespace Casement.Policies;

/// <summary>
/// The forms a principal can have. Wildcards stand for everyone or not at all, and groups are no principals. Whether
/// a user or role exists is for whoever keeps them to say.
/// </summary>
internal static class PrincipalChecks
{
    public static PolicyFault? Forms(PolicyStatement statement, bool canonicalUsers)
    {
        foreach (var principal in statement.Principals ?? statement.NotPrincipals ?? [])
        {
            var isValid = principal.Type switch
            {
                "AWS" => IsAwsPrincipal(principal.Value),
                "Service" => IsHostName(principal.Value),
                "Federated" => IsProvider(principal.Value),
                _ => canonicalUsers && principal.Value.Length > 0,
            };
            if (!isValid)
            {
                return PolicyFault.InvalidPrincipal(principal) with { Position = statement.Span.Start };
            }
        }

        return null;
    }

    public static bool IsAccount(ReadOnlySpan<char> text) =>
        text.Length == 12 && !text.ContainsAnyExceptInRange('0', '9');

    /// <summary>The unique id of a user or a role, as trust policies keep them.</summary>
    public static bool IsUniqueId(string text) =>
        text.Length >= 16 && (text.StartsWith("AIDA", StringComparison.Ordinal)
            || text.StartsWith("AROA", StringComparison.Ordinal)) && text.All(char.IsAsciiLetterOrDigit);

    private static bool IsAwsPrincipal(string value)
    {
        if (value == "*" || IsAccount(value) || IsUniqueId(value))
        {
            return true;
        }

        return TryParts(value, out var service, out var path) && (service, path.Split('/')) switch
        {
            ("iam", ["root"]) => true,
            ("iam", ["user" or "role", .., { Length: > 0 }]) => true,
            ("sts", ["assumed-role", { Length: > 0 }, { Length: > 0 }]) => true,
            ("sts", ["federated-user", { Length: > 0 }]) => true,
            _ => false,
        };
    }

    private static bool IsProvider(string value) => IsHostName(value)
        || (TryParts(value, out var service, out var path) && service == "iam"
            && path.Split('/', 2) is ["saml-provider" or "oidc-provider", { Length: > 0 }]);

    private static bool TryParts(string arn, out string service, out string path)
    {
        var parts = arn.Split(':', 6);
        var isArn = parts.Length == 6 && parts[0] == "arn" && ResourceChecks.IsPartition(parts[1])
            && parts[3].Length == 0 && IsAccount(parts[4]) && !arn.AsSpan().ContainsAny('*', '?');
        service = isArn ? parts[2] : "";
        path = isArn ? parts[5] : "";
        return isArn;
    }

    private static bool IsHostName(string value) => value.Contains('.', StringComparison.Ordinal)
        && value.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_' or '/')
        && char.IsAsciiLetterOrDigit(value[0]) && char.IsAsciiLetterOrDigit(value[^1]);
}
