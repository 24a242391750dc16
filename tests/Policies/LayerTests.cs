namespace Casement.Policies.Tests;

/// <summary>How identity, boundary, session, resource and trust policies come together.</summary>
public sealed class LayerTests
{
    private static readonly string Yes = Given.Document(Given.Statement("Allow", "*"));
    private static readonly string Other = Given.Document(Given.Statement("Allow", "s3:ListBucket"));
    private static readonly string No = Given.Document(Given.Statement("Allow", "*"), Given.Statement("Deny", "sns:*"));

    public static TheoryData<string, string?, string?, string> OwnPolicies => new()
    {
        { "yes", null, null, "allowed" },
        { "other", null, null, "implicit Identity" },
        { "no", "yes", "yes", "explicit Identity" },
        { "yes", "yes", null, "allowed" },
        { "yes", "other", null, "implicit Boundary" },
        { "other", "yes", null, "implicit Identity" },
        { "other", "other", "other", "implicit Identity" },
        { "other", "no", null, "explicit Boundary" },
        { "yes", null, "yes", "allowed" },
        { "yes", null, "other", "implicit Session" },
        { "other", null, "yes", "implicit Identity" },
        { "yes", "yes", "no", "explicit Session" },
        { "no", "no", "no", "explicit Identity" },
        { "yes", "other", "other", "implicit Boundary" },
    };

    /// <summary>Caller, the principal that the topic's policy allows, which of the own layers allow, and the outcome.</summary>
    public static TheoryData<string, string, string, string> Grants => new()
    {
        { "user", Aws(Given.UserArn), "", "allowed" },
        { "user", Aws("AIDAEXAMPLEALICE00001"), "", "allowed" },
        { "user", "\"*\"", "", "allowed" },
        { "user", Aws("*"), "", "allowed" },
        { "user", Aws(Given.Account), "", "implicit Identity" },
        { "user", Aws(Given.Account), "identity", "implicit Boundary" },
        { "user", Aws(Given.Account), "identity boundary", "allowed" },
        { "user", Aws("arn:aws:iam::111122223333:user/Alice"), "", "implicit Identity" },
        { "user", Aws("arn:aws:iam::111122223333:user/alice:root"), "identity boundary", "allowed" },
        { "service", Aws("arn:aws:iam::111122223333:user/alice:root"), "", "implicit Resource" },
        { "session", Aws(Given.SessionArn), "", "allowed" },
        { "session", Aws(Given.RoleArn), "", "implicit Boundary" },
        { "session", Aws(Given.RoleArn), "boundary", "implicit Session" },
        { "session", Aws(Given.RoleArn), "identity session", "implicit Boundary" },
        { "session", Aws(Given.RoleArn), "boundary session", "allowed" },
        { "session", Aws("AROAEXAMPLEDEPLOY0001"), "boundary session", "allowed" },
        { "session", Aws("arn:aws:iam::111122223333:root"), "boundary session", "implicit Identity" },
        { "session", Aws("arn:aws:iam::111122223333:root"), "identity boundary session", "allowed" },
        { "session", Aws("arn:aws:sts::111122223333:assumed-role/Deployer/other"), "boundary session", "implicit Identity" },
        { "federated", Aws(Given.FederatedArn), "", "allowed" },
        { "federated", Aws(Given.UserArn), "boundary", "implicit Session" },
        { "federated", Aws(Given.UserArn), "session", "implicit Boundary" },
        { "federated", Aws(Given.UserArn), "boundary session", "allowed" },
        { "root", Aws("arn:aws:iam::111122223333:root"), "", "allowed" },
        { "root", Aws("999988887777"), "", "allowed" },
        { "service", """{"Service":"ssm.amazonaws.com"}""", "", "allowed" },
        { "service", """{"Service":"ec2.amazonaws.com"}""", "", "implicit Resource" },
        { "anonymous", "\"*\"", "", "allowed" },
        { "anonymous", Aws(Given.Account), "", "implicit Resource" },
    };

    [Theory]
    [MemberData(nameof(OwnPolicies))]
    public void All_layers_must_allow_and_none_deny(string identity, string? boundary, string? session, string expected)
    {
        var caller = new PrincipalPolicies(
            Given.Session, [Layer(identity)], boundary is null ? null : Layer(boundary),
            session is null ? null : [Layer(session)]);
        Assert.Equal(expected, Outcome(Evaluator.Decide(Given.Request("sns:Publish", Given.Topic), caller)));
    }

    [Fact]
    public void Session_policies_allow_together()
    {
        var request = Given.Request("sns:Publish", Given.Topic);
        Assert.True(Evaluator.Decide(request, new(Given.Session, [Layer("yes")], null, [Layer("other"), Layer("yes")])).IsAllowed);
    }

    [Fact]
    public void A_federated_session_without_session_policy_may_do_nothing()
    {
        var request = Given.Request("sns:Publish", Given.Topic);
        Assert.Equal("implicit Session", Outcome(Evaluator.Decide(request, new(Given.Federated, [Layer("yes")]))));
        Assert.True(Evaluator.Decide(request, new(Given.Federated, [Layer("yes")], null, [Layer("yes")])).IsAllowed);
    }

    [Theory]
    [MemberData(nameof(Grants))]
    public void A_resource_policy_grants_the_more_the_closer_it_names_the_caller(
        string who, string principal, string allowing, string expected)
    {
        var policy = Given.Parsed(Topic("Allow", "Principal", principal), PolicyKind.Resource);
        AttachedPolicy Own(string layer) => Layer(allowing.Split(' ').Contains(layer) ? "yes" : "other");
        var caller = new PrincipalPolicies(Caller(who), [Own("identity")], Own("boundary"), who == "user" ? null : [Own("session")]);
        Assert.Equal(expected, Outcome(Evaluator.Decide(Given.Request("sns:Publish", Given.Topic), caller, policy)));
    }

    [Theory]
    [InlineData("user")]
    [InlineData("session")]
    [InlineData("root")]
    [InlineData("service")]
    [InlineData("anonymous")]
    public void A_deny_in_a_resource_policy_stops_everyone_it_names(string who)
    {
        var policy = Given.Parsed(Topic("Deny", "Principal", "\"*\""), PolicyKind.Resource);
        var decision = Evaluator.Decide(Given.Request("sns:Publish", Given.Topic), new(Caller(who), [Layer("yes")]), policy);
        Assert.Equal("explicit Resource", Outcome(decision));
    }

    [Theory]
    [InlineData("user", Given.UserArn, true)]
    [InlineData("user", Given.UserArn + "\",\"" + Given.Account, false)]
    [InlineData("user", Given.Account, true)]
    [InlineData("session", Given.RoleArn + "\",\"" + Given.Account, true)]
    [InlineData("session", Given.SessionArn + "\",\"" + Given.RoleArn, true)]
    [InlineData("session", Given.SessionArn + "\",\"" + Given.RoleArn + "\",\"" + Given.Account, false)]
    [InlineData("root", Given.Account, false)]
    [InlineData("service", Given.Account, true)]
    public void NotPrincipal_spares_only_who_is_listed_by_every_name(string who, string listed, bool isDenied)
    {
        var policy = Given.Parsed(Topic("Deny", "NotPrincipal", $$"""{"AWS":["{{listed}}"]}"""), PolicyKind.Resource);
        var decision = Evaluator.Decide(Given.Request("sns:Publish", Given.Topic), new(Caller(who), [Layer("yes")]), policy);
        Assert.Equal(isDenied, decision is Decision.ExplicitDeny);
    }

    [Theory]
    [InlineData(true, true, "allowed")]
    [InlineData(false, true, "implicit Identity")]
    [InlineData(true, false, "implicit Resource")]
    public void Across_accounts_both_sides_must_allow(bool own, bool theirs, string expected)
    {
        const string Foreign = "arn:aws:sns:us-east-2:999988887777:ops";
        var policy = Given.Parsed(
            Topic("Allow", "Principal", Aws(theirs ? Given.UserArn : "999988887777")), PolicyKind.Resource);
        var caller = new PrincipalPolicies(Given.User, [Layer(own ? "yes" : "other")]);
        Assert.Equal(expected, Outcome(Evaluator.Decide(Given.Request("sns:Publish", Foreign), caller, policy)));
    }

    [Fact]
    public void Root_is_not_limited_by_policies_of_its_own()
    {
        var caller = new PrincipalPolicies(Given.Root, [Layer("no")], Layer("other"));
        Assert.True(caller.IsRoot);
        var decision = Evaluator.Decide(Given.Request("sns:Publish", Given.Topic), caller);
        Assert.Equal(Exemption.Root, Assert.IsType<Decision.AllowedUnconditionally>(decision).Why);
    }

    [Fact]
    public void Asking_who_one_is_cannot_be_denied()
    {
        var denied = Given.UserWith(Given.Statement("Deny", "*"));
        Assert.True(Evaluator.Decide(Given.Request("sts:GetCallerIdentity", "*"), denied).IsAllowed);
        Assert.True(Evaluator.Decide(Given.Request("sts:GetSessionToken", "*"), denied).IsAllowed);
        Assert.False(Evaluator.Decide(Given.Request("sts:GetSessionToken", "*"), new(Given.Session)).IsAllowed);
        Assert.False(Evaluator.Decide(Given.Request("sts:AssumeRole", Given.RoleArn), denied).IsAllowed);
    }

    [Theory]
    [InlineData("user", Given.UserArn, "other", "allowed")]
    [InlineData("user", "*", "other", "allowed")]
    [InlineData("user", "AIDAEXAMPLEALICE00001", "other", "allowed")]
    [InlineData("user", "AIDAEXAMPLEALICE00002", "yes", "implicit Trust")]
    [InlineData("user", Given.Account, "other", "implicit Identity")]
    [InlineData("user", Given.Account, "yes", "allowed")]
    [InlineData("user", Given.UserArn, "deny", "explicit Identity")]
    [InlineData("session", Given.RoleArn, "other", "allowed")]
    [InlineData("session", Given.SessionArn, "other", "allowed")]
    [InlineData("session", "999988887777", "yes", "implicit Trust")]
    [InlineData("root", Given.Account, "yes", "implicit Trust")]
    [InlineData("service", Given.Account, "yes", "implicit Trust")]
    public void A_trust_policy_must_allow_by_itself(string who, string trusted, string identity, string expected)
    {
        var trust = Given.Parsed(Trust("Allow", Aws(trusted)), PolicyKind.Trust);
        var own = identity == "deny" ? Given.Attached(Given.Document(Given.Statement("Deny", "sts:*"))) : Layer(identity);
        var decision = Evaluator.DecideTrust(Given.Request("sts:AssumeRole", Given.RoleArn), new(Caller(who), [own]), trust);
        Assert.Equal(expected, Outcome(decision));
    }

    [Fact]
    public void A_role_of_another_account_needs_the_callers_own_allow_too()
    {
        const string Foreign = "arn:aws:iam::999988887777:role/there";
        var trust = Given.Parsed(Trust("Allow", Aws(Given.UserArn)), PolicyKind.Trust);
        var request = Given.Request("sts:AssumeRole", Foreign);
        Assert.Equal("implicit Identity", Outcome(Evaluator.DecideTrust(request, new(Given.User, [Layer("other")]), trust)));
        Assert.True(Evaluator.DecideTrust(request, new(Given.User, [Layer("yes")]), trust).IsAllowed);
    }

    [Fact]
    public void A_trust_policys_deny_and_actions_count()
    {
        var both = $"[{Bare(Trust("Allow", Aws(Given.UserArn)))},{Bare(Trust("Deny", Aws(Given.Account)))}]";
        var denying = Given.Parsed($$"""{"Statement":{{both}}}""", PolicyKind.Trust);
        var request = Given.Request("sts:AssumeRole", Given.RoleArn);
        Assert.Equal("explicit Trust", Outcome(Evaluator.DecideTrust(request, new(Given.User), denying)));
        var trust = Given.Parsed(Trust("Allow", Aws(Given.UserArn)), PolicyKind.Trust);
        Assert.Equal("implicit Trust",
            Outcome(Evaluator.DecideTrust(Given.Request("sts:TagSession", Given.RoleArn), new(Given.User), trust)));
    }

    [Fact]
    public void Somebody_whom_a_provider_vouches_for_needs_the_trust_policy_only()
    {
        var trust = Given.Parsed(
            """{"Statement":{"Effect":"Allow","Principal":{"Federated":"accounts.google.com"},"Action":"sts:AssumeRoleWithWebIdentity"}}""",
            PolicyKind.Trust);
        var request = Given.Request("sts:AssumeRoleWithWebIdentity", Given.RoleArn);
        Assert.True(Evaluator.DecideTrust(request, new(new PrincipalIdentity.Federated("accounts.google.com")), trust).IsAllowed);
        Assert.False(Evaluator.DecideTrust(request, new(new PrincipalIdentity.Federated("www.amazon.com")), trust).IsAllowed);
    }

    [Fact]
    public void A_document_serves_only_as_what_it_was_read_as()
    {
        var request = Given.Request("sns:Publish", Given.Topic);
        var topic = Given.Parsed(Topic("Allow", "Principal", "\"*\""), PolicyKind.Resource);
        Assert.Throws<ArgumentException>(() => Evaluator.Decide(request, new(Given.User), Given.Parsed(Yes)));
        Assert.Throws<ArgumentException>(() => Evaluator.DecideTrust(request, new(Given.User), topic));
        Assert.Throws<ArgumentException>(
            () => new PrincipalPolicies(Given.User, [new AttachedPolicy(new PolicySource.OfResource(), topic)]));
    }

    [Fact]
    public void A_decision_names_the_policy_and_the_statement()
    {
        var policy = Given.Attached(
            "{\"Version\":\"2012-10-17\",\"Statement\":[\n {\"Effect\":\"Allow\",\"Action\":\"*\",\"Resource\":\"*\"},\n"
            + " {\"Sid\":\"Stop\",\"Effect\":\"Deny\",\"Action\":\"sns:*\",\n  \"Resource\":\"*\"}]}", "task4");
        var decision = Evaluator.Decide(Given.Request("sns:Publish", Given.Topic), new(Given.User, [policy]));
        var by = Assert.IsType<Decision.ExplicitDeny>(decision).By;
        Assert.Equal("task4", Assert.IsType<PolicySource.Inline>(by.Source).Name);
        Assert.Equal((1, "Stop"), (by.StatementIndex, by.Sid));
        Assert.Equal(new SourceSpan(new(3, 2), new(4, 17)), by.Span);
    }

    [Fact]
    public void A_near_miss_says_which_condition_failed_and_why()
    {
        var caller = Given.UserWith(
            Given.Statement("Allow", "ssm:*", "*",
                ""","Condition":{"StringEquals":{"aws:ResourceTag/Env":["Test","Dev"],"ok":"1"},"Bool":{"mfa":true}}"""),
            Given.Statement("Allow", "ssm:*", "arn:aws:ssm:*:*:document/*", Given.Condition("Bool", "mfa", "true")),
            Given.Statement("Allow", "sns:*"));
        var context = Given.Context(("aws:ResourceTag/Env", "Prod"), ("ok", "1"));
        var denied = Assert.IsType<Decision.ImplicitDeny>(
            Evaluator.Decide(Given.Request("ssm:DeleteMaintenanceWindow", Given.Window, context), caller));
        var miss = Assert.Single(denied.NearMisses);
        Assert.Equal((PolicyLayer.Identity, 0), (miss.Layer, miss.Statement.StatementIndex));
        Assert.Equal(["aws:ResourceTag/Env", "mfa"], miss.FailedConditions.Select(c => c.Key));
        Assert.Equal(["Test", "Dev"], miss.FailedConditions[0].Wanted);
        Assert.Equal(["Prod"], miss.FailedConditions[0].Actual);
        Assert.Empty(miss.FailedConditions[1].Actual);
    }

    internal static string Outcome(Decision decision) => decision switch
    {
        Decision.ExplicitDeny deny => $"explicit {deny.Layer}",
        Decision.ImplicitDeny missing => $"implicit {missing.Layer}",
        _ => "allowed",
    };

    private static string Aws(string value) => $$"""{"AWS":"{{value}}"}""";

    private static string Bare(string document) => document["{\"Statement\":".Length..^1];

    private static string Topic(string effect, string element, string principal) =>
        $$$"""{"Version":"2008-10-17","Statement":{"Effect":"{{{effect}}}","{{{element}}}":{{{principal}}},"Action":"SNS:Publish","Resource":"*"}}""";

    private static string Trust(string effect, string principal) =>
        $$$"""{"Statement":{"Effect":"{{{effect}}}","Principal":{{{principal}}},"Action":"sts:AssumeRole"}}""";

    private static AttachedPolicy Layer(string answer) =>
        Given.Managed(answer switch { "yes" => Yes, "no" => No, _ => Other });

    private static PrincipalIdentity Caller(string who) => who switch
    {
        "user" => Given.User,
        "session" => Given.Session,
        "federated" => Given.Federated,
        "root" => Given.Root,
        "service" => new PrincipalIdentity.Service("ssm.amazonaws.com"),
        _ => new PrincipalIdentity.Anonymous(),
    };
}
