namespace Casement.Policies.Tests;

public sealed class DenialTextTests
{
    private const string Arn = "arn:aws:iam::111122223333:policy/m";
    private static readonly PolicySource Managed = new PolicySource.Managed(Arn, new(HolderKind.User, "alice"));
    private static readonly PolicySource Inline = new PolicySource.Inline("p", new(HolderKind.Group, "ops"));

    public static TheoryData<PolicyLayer, string, string> Words => new()
    {
        { PolicyLayer.Identity, "because no identity-based policy allows the ssm:X action", "with an explicit deny in an identity-based policy" },
        { PolicyLayer.Boundary, "because no permissions boundary allows the ssm:X action", "with an explicit deny in a permissions boundary" },
        { PolicyLayer.Session, "because no session policy allows the ssm:X action", "with an explicit deny in a session policy" },
        { PolicyLayer.Resource, "because no resource-based policy allows the ssm:X action", "with an explicit deny in a resource-based policy" },
        { PolicyLayer.Trust, "because no role trust policy allows the ssm:X action", "with an explicit deny in the role trust policy" },
    };

    [Fact]
    public void The_table_has_every_layer() => Assert.Equal(Enum.GetValues<PolicyLayer>(), Words.Select(w => w.Data.Item1));

    [Theory]
    [MemberData(nameof(Words))]
    public void Every_layer_has_its_words(PolicyLayer layer, string missing, string denied)
    {
        const string Start = $"User: {Given.UserArn} is not authorized to perform: ssm:X on resource: {Given.Window} ";
        Assert.Equal(Start + missing, Text(new Decision.ImplicitDeny(layer, [])));
        Assert.Equal(Start + denied, Text(new Decision.ExplicitDeny(layer, By(Inline))));
        Assert.Equal($"{Start}{denied}: {Arn}", Text(new Decision.ExplicitDeny(layer, By(Managed))));
    }

    [Fact]
    public void The_resource_may_be_left_out_and_SNS_is_written_in_capitals() =>
        Assert.Equal(
            $"User: {Given.UserArn} is not authorized to perform: SNS:Publish because no resource-based policy allows the SNS:Publish action",
            DenialText.For(new Decision.ImplicitDeny(PolicyLayer.Resource, []), Given.UserArn, "sns:Publish", null));

    [Fact]
    public void A_refused_assumption_has_no_reason_unless_something_denies()
    {
        const string Start = $"User: {Given.UserArn} is not authorized to perform: sts:AssumeRole on resource: {Given.RoleArn}";
        Assert.Equal(Start,
            DenialText.For(new Decision.ImplicitDeny(PolicyLayer.Trust, []), Given.UserArn, "sts:AssumeRole", Given.RoleArn));
        Assert.Equal($"{Start} with an explicit deny in the role trust policy",
            DenialText.For(new Decision.ExplicitDeny(PolicyLayer.Trust, By(new PolicySource.OfTrust())), Given.UserArn,
                "sts:AssumeRole", Given.RoleArn));
    }

    [Fact]
    public void There_are_no_words_for_what_is_allowed()
    {
        Assert.Throws<ArgumentException>(() => Text(new Decision.Allowed(PolicyLayer.Identity, By(Inline))));
        Assert.Throws<ArgumentException>(() => Text(new Decision.AllowedUnconditionally(Exemption.Root)));
    }

    private static DecidingStatement By(PolicySource source) => new(source, 0, null, default);

    private static string Text(Decision decision) => DenialText.For(decision, Given.UserArn, "ssm:X", Given.Window);
}
