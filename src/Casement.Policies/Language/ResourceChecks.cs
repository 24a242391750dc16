namespace Casement.Policies;

/// <summary>The forms of <c>Resource</c> and <c>NotResource</c>.</summary>
internal static class ResourceChecks
{
    private static readonly string[] Partitions =
        ["aws", "aws-cn", "aws-us-gov", "aws-iso", "aws-iso-b", "aws-iso-e", "aws-iso-f", "aws-eusc"];

    private static readonly string[] IamPaths =
    [
        "user/", "federated-user/", "role/", "group/", "instance-profile/", "mfa/", "server-certificate/", "policy/",
        "sms-mfa/", "saml-provider/", "oidc-provider/", "report/", "access-report/",
    ];

    public static bool IsPartition(string name) => Partitions.Contains(name, StringComparer.Ordinal);

    /// <summary>
    /// The first fault of "legacy parsing", if any; in <paramref name="later"/> the first fault of form, which AWS
    /// reports after others. Once a form is wrong, no further statement is parsed the legacy way.
    /// </summary>
    public static PolicyFault? FirstFault(RawPolicy policy, out PolicyFault? later)
    {
        later = null;
        foreach (var statement in policy.Statements)
        {
            var resources = statement.Resources ?? statement.NotResources ?? [];
            foreach (var resource in resources)
            {
                later ??= FormFault(resource) is { } message
                    ? PolicyChecks.Fault(statement, message, $"the resource '{resource}' is not one a policy can name.")
                    : null;
            }

            foreach (var resource in later is null ? resources : [])
            {
                if (LegacyFault(resource, policy.HasVariables) is { } detail)
                {
                    return PolicyChecks.Fault(
                        statement, PolicyFault.LegacyParsing, $"the resource '{resource}' {detail}.");
                }
            }
        }

        return null;
    }

    private static string? LegacyFault(string resource, bool variables)
    {
        if (resource == "*")
        {
            return null;
        }

        if (resource.Contains("::", StringComparison.Ordinal) && resource.Count(c => c == ':') < 5)
        {
            return "has fewer than six parts";
        }

        Span<Range> ranges = stackalloc Range[ArnText.SegmentsMax];
        var count = ArnText.Split(resource, ranges);
        if (count > 2 && resource.AsSpan(ranges[2]).IsEmpty)
        {
            return "names no service";
        }

        var head = count == ArnText.SegmentsMax ? resource.AsSpan(..ranges[5].Start.Value) : resource;
        return variables && head.Contains("${", StringComparison.Ordinal)
            ? "has a variable before its fifth colon, where none is replaced"
            : null;
    }

    private static string? FormFault(string resource)
    {
        if (resource == "*")
        {
            return null;
        }

        var parts = resource.Split(':', 6);
        if (parts.Length == 1)
        {
            return $"Resource {resource} must be in ARN format or \"*\".";
        }

        var partition = parts[1];
        if (partition != "*" && !IsPartition(partition))
        {
            return $"Partition \"{partition}\" is not valid for resource \"arn:{partition}:{Padded(resource)}\".";
        }

        if (parts[0] != "arn")
        {
            return $"Resource {resource} must be in ARN format or \"*\".";
        }

        if (parts.Length == 2 || parts[2].AsSpan().ContainsAny('*', '?'))
        {
            return "Resource vendor must be fully qualified and cannot contain regexes.";
        }

        var hasRegion = parts.Length < 4 || parts[3].Length > 0;
        var path = parts.Length == 6 ? parts[5] : "";
        return parts[2] switch
        {
            "iam" when hasRegion => $"IAM resource {resource} cannot contain region information.",
            "iam" when path != "*" && !IamPaths.Any(p => path.StartsWith(p, StringComparison.Ordinal)) =>
                $"IAM resource path must either be \"*\" or start with {string.Join(", ", IamPaths)}.",
            "s3" when hasRegion && !path.StartsWith("accesspoint/", StringComparison.Ordinal) =>
                $"Resource {resource} can not contain region information.",
            _ => null,
        };
    }

    /// <summary>What follows the partition, filled up with stars to four parts, as AWS shows it.</summary>
    private static string Padded(string resource)
    {
        var rest = resource.Split(':', 3);
        if (rest.Length < 3)
        {
            return "*:*:*:*";
        }

        var parts = rest[2].Split(':', 4);
        var first = parts.Length == 1 && parts[0].Length == 0 ? "*" : parts[0];
        return string.Join(':', [first, .. parts[1..], .. Enumerable.Repeat("*", 4 - parts.Length)]);
    }
}
