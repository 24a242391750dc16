namespace Casement.Policies;

/// <summary>
/// The rules beyond the JSON's shape, in the order in which AWS finds them broken; the first one counts. Faults of
/// resources are looked for early, since some of them are faults of "legacy parsing", and reported late.
/// </summary>
internal static class PolicyChecks
{
    private const string TrustActions = "Trust Policy statement actions can only be sts:AssumeRole, "
        + "sts:AssumeRoleWithSAML,  and sts:AssumeRoleWithWebIdentity";

    public static PolicyFault? FirstFault(RawPolicy policy, PolicyKind kind) =>
        Version(policy, kind)
        ?? First(policy, EffectAndDates)
        ?? ResourceChecks.FirstFault(policy, out var resourceFault)
        ?? Sids(policy, kind)
        ?? First(policy, ActionsPresent)
        ?? resourceFault
        ?? First(policy, s => ActionForms(s, s.Actions))
        ?? First(policy, s => ActionForms(s, s.NotActions))
        ?? OfKind(policy, kind);

    private static PolicyFault? OfKind(RawPolicy policy, PolicyKind kind) => kind switch
    {
        PolicyKind.Trust => First(policy, TrustActionsOnly) ?? First(policy, NoResource)
            ?? First(policy, NoNotPrincipal) ?? First(policy, PrincipalPresent) ?? First(policy, s => PrincipalChecks.Forms(s, canonicalUsers: false)),
        PolicyKind.Resource => First(policy, ResourcesPresent) ?? First(policy, PrincipalPresent)
            ?? First(policy, NoAllowOfNotPrincipal)
            ?? First(policy, s => PrincipalChecks.Forms(s, canonicalUsers: true)),
        PolicyKind.Managed or PolicyKind.Inline or PolicyKind.Boundary or PolicyKind.Session =>
            First(policy, ResourcesPresent) ?? First(policy, NoPrincipal),
    };

    private static PolicyFault? First(RawPolicy policy, Func<PolicyStatement, PolicyFault?> check)
    {
        foreach (var statement in policy.Statements)
        {
            if (check(statement) is { } fault)
            {
                return fault;
            }
        }

        return null;
    }

    internal static PolicyFault Fault(PolicyStatement statement, string message, string detail) =>
        new(message, $"Statement {statement.Index + 1}: {detail}", statement.Span.Start);

    private static PolicyFault? Version(RawPolicy policy, PolicyKind kind) =>
        kind is PolicyKind.Managed or PolicyKind.Boundary && policy.Version != RawPolicy.Version2012
            ? new PolicyFault(
                "Policy document must be version 2012-10-17 or greater.",
                $"Version is {policy.Version ?? "absent, which means 2008-10-17"}; a managed policy needs 2012-10-17.")
            : null;

    private static PolicyFault? EffectAndDates(PolicyStatement statement)
    {
        if (statement.EffectText is not ("Allow" or "Deny"))
        {
            return Fault(statement, PolicyFault.LegacyParsing,
                $"Effect '{statement.EffectText}' must be written Allow or Deny.");
        }

        foreach (var condition in statement.Conditions)
        {
            var isDate = ConditionOperator.Parse(condition.Operator).IsDate;
            var bad = isDate ? condition.Values.FirstOrDefault(v => !Moment.TryParse(v, out _)) : null;
            if (bad is not null)
            {
                return Fault(statement, PolicyFault.LegacyParsing,
                    $"'{bad}' under {condition.Operator} of {condition.Key} is neither an ISO 8601 date nor seconds.");
            }
        }

        return null;
    }

    private static PolicyFault? Sids(RawPolicy policy, PolicyKind kind)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var statement in policy.Statements)
        {
            if (kind != PolicyKind.Resource && statement.Sid is { } sid && !sid.All(char.IsAsciiLetterOrDigit))
            {
                return Fault(statement,
                    "Statement IDs (SID) must be alpha-numeric. Check that your input satisfies the regular expression "
                        + "[0-9A-Za-z]*",
                    $"Sid '{sid}' may hold letters and digits only.");
            }

            if (!string.IsNullOrEmpty(statement.Sid) && !seen.Add(statement.Sid))
            {
                return Fault(statement, "Statement IDs (SID) in a single policy must be unique.",
                    $"Sid '{statement.Sid}' is another statement's already.");
            }
        }

        return null;
    }

    private static PolicyFault? ActionsPresent(PolicyStatement statement) =>
        (statement.Actions ?? statement.NotActions) is { Count: > 0 }
            ? null
            : Fault(statement, "Policy statement must contain actions.", "Action or NotAction is needed.");

    private static PolicyFault? ResourcesPresent(PolicyStatement statement) =>
        (statement.Resources ?? statement.NotResources) is { Count: > 0 }
            ? null
            : Fault(statement, "Policy statement must contain resources.", "Resource or NotResource is needed.");

    private static PolicyFault? ActionForms(PolicyStatement statement, IReadOnlyList<string>? actions)
    {
        foreach (var action in actions ?? [])
        {
            var colon = action.IndexOf(':', StringComparison.Ordinal);
            var vendor = colon < 0 ? action : action[..colon];
            var message = colon < 0
                ? action == "*" ? null : "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc."
                : action.IndexOf(':', colon + 1) >= 0 ? "Actions/Condition can contain only one colon."
                : vendor == "*" || IsVendor(vendor) ? null
                : $"Vendor {vendor} is not valid";
            if (message is not null)
            {
                return Fault(statement, message, $"the action '{action}' must be * or service:Name.");
            }
        }

        return null;
    }

    private static bool IsVendor(string vendor) =>
        vendor.Length > 0 && vendor.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '.');

    private static PolicyFault? TrustActionsOnly(PolicyStatement statement)
    {
        var bad = statement.Actions is null
            ? "NotAction"
            : statement.Actions.FirstOrDefault(a => !a.StartsWith("sts:", StringComparison.OrdinalIgnoreCase));
        return bad is null ? null : Fault(statement, TrustActions, $"'{bad}' is not an action of sts.");
    }

    private static PolicyFault? NoResource(PolicyStatement statement) =>
        statement.Resources is null && statement.NotResources is null
            ? null
            : Fault(statement, "Has prohibited field Resource.", "a trust policy is about its own role only.");

    private static PolicyFault? NoNotPrincipal(PolicyStatement statement) =>
        statement.NotPrincipals is null
            ? null
            : Fault(statement, "Has prohibited field NotPrincipal.", "a trust policy names whom it trusts.");

    private static PolicyFault? NoAllowOfNotPrincipal(PolicyStatement statement) =>
        statement.NotPrincipals is not null && statement.Effect == PolicyEffect.Allow
            ? Fault(statement, "Has prohibited field NotPrincipal.", "NotPrincipal is taken with Deny only.")
            : null;

    private static PolicyFault? PrincipalPresent(PolicyStatement statement) =>
        (statement.Principals ?? statement.NotPrincipals) switch
        {
            null => Fault(statement, "Missing required field Principal", "the document must say whom it is about."),
            { Count: 0 } => Fault(statement, "Missing required field Principal cannot be empty!",
                "Principal names nobody."),
            _ => null,
        };

    private static PolicyFault? NoPrincipal(PolicyStatement statement) =>
        statement.Principals is null && statement.NotPrincipals is null
            ? null
            : Fault(statement, "Policy document should not specify a principal.",
                "a policy of users, groups, roles and sessions is about whoever has it.");
}
