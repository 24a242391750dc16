using Casement.Server.Operations;
using Casement.Storage;

namespace Casement.Server.Iam;

/// <summary>A managed policy, customer's or AWS's, that the caller may refer to.</summary>
internal abstract record KnownPolicy
{
    private KnownPolicy() { }

    public abstract string Arn { get; }

    public abstract string Name { get; }

    public abstract string Path { get; }

    /// <summary>Whether it may hang on users, groups and roles of the caller's.</summary>
    public abstract bool IsAttachable { get; }

    /// <summary>Unique, and in the order of listing.</summary>
    public string Key => $"{Name.ToLowerInvariant()}\0{(this is Aws ? "aws" : "own")}";

    public sealed record Own(ManagedPolicyRow Row) : KnownPolicy
    {
        public override string Arn => Row.Arn;

        public override string Name => Row.Name;

        public override string Path => Row.Path;

        public override bool IsAttachable => true;
    }

    public sealed record Aws(AwsManagedPolicy Policy) : KnownPolicy
    {
        public override string Arn => Policy.Arn;

        public override string Name => Policy.Name;

        public override string Path => Policy.Path;

        public override bool IsAttachable => Policy.Attachable;
    }
}

/// <summary>Managed policies by ARN.</summary>
internal static class PolicyCatalog
{
    private const string AwsPrefix = "arn:aws:iam::aws:policy/";

    /// <exception cref="Casement.Aws.AwsException">ValidationError when the text is no ARN of IAM.</exception>
    public static void DemandArn(string arn)
    {
        var parts = arn.Split(':', 6);
        if (parts.Length < 6 || parts[0] != "arn" || parts[1].Length == 0 || parts[2] != "iam" || parts[3].Length > 0)
        {
            throw IamErrors.Invalid("Invalid ARN:  Could not be parsed!");
        }
    }

    public static KnownPolicy? Find(Tx tx, Scope scope, string arn)
    {
        if (AwsManagedPolicies.Find(arn) is { } published)
        {
            return new KnownPolicy.Aws(published);
        }

        return ManagedPolicies.ByArn(tx, scope, arn) is { } own ? new KnownPolicy.Own(own) : null;
    }

    /// <exception cref="Casement.Aws.AwsException">ValidationError, or NoSuchEntity <c>Policy ARN was not found.</c></exception>
    public static KnownPolicy Demand(Tx tx, Scope scope, string arn)
    {
        DemandArn(arn);
        return Find(tx, scope, arn) ?? throw IamErrors.PolicyNotFound(arn);
    }

    /// <summary>A policy that the caller's account may change.</summary>
    /// <exception cref="Casement.Aws.AwsException">Also InvalidInput for AWS's policies.</exception>
    public static ManagedPolicyRow DemandOwn(Tx tx, Scope scope, string arn)
    {
        DemandArn(arn);
        if (arn.StartsWith(AwsPrefix, StringComparison.Ordinal))
        {
            throw IamErrors.InvalidInput("Policy is outside your own account.");
        }

        return ManagedPolicies.ByArn(tx, scope, arn) ?? throw IamErrors.PolicyNotFound(arn);
    }

    /// <summary>A policy to attach to a holder, or to bound one with.</summary>
    /// <exception cref="Casement.Aws.AwsException">
    /// ValidationError, NoSuchEntity <c>Policy ARN does not exist or is not attachable.</c>, or PolicyNotAttachable for policies
    /// of service-linked roles.
    /// </exception>
    public static KnownPolicy DemandAttachable(Tx tx, Scope scope, string arn)
    {
        DemandArn(arn);
        var policy = Find(tx, scope, arn) ?? throw IamErrors.NotAttachable(arn);
        return policy.IsAttachable
            ? policy
            : throw new Casement.Aws.AwsException("PolicyNotAttachable", "Cannot attach a Service Role Policy to a Customer Role.");
    }

    /// <summary>The number in <c>v3</c>; null for versions that Casement does not make, such as <c>v3.1</c>.</summary>
    public static int? NumberOf(string version) =>
        int.TryParse(version.AsSpan(1), System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var n) ? n : null;

    /// <summary>All that the caller sees: its account's and AWS's.</summary>
    public static List<KnownPolicy> All(Tx tx, Call call) =>
    [
        .. ManagedPolicies.All(tx, call.Scope).Select(p => new KnownPolicy.Own(p)),
        .. AwsManagedPolicies.All.Select(p => new KnownPolicy.Aws(p)),
    ];
}
