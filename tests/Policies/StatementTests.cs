using CsCheck;

namespace Casement.Policies.Tests;

/// <summary>What a statement's elements match: actions, resources, their negations, and variables.</summary>
public sealed class StatementTests
{
    [Theory]
    [InlineData("ssm:SendCommand", "SSM:sendcommand", true)]
    [InlineData("ssm:Send*", "ssm:SendCommand", true)]
    [InlineData("ssm:*Comm?nd", "ssm:SendCommand", true)]
    [InlineData("ssm:*", "ssmmessages:OpenDataChannel", false)]
    [InlineData("ssm:Send", "ssm:SendCommand", false)]
    [InlineData("*", "ssm:SendCommand", true)]
    [InlineData("ssm:NoSuchAction", "ssm:SendCommand", false)]
    public void An_action_is_matched_without_regard_to_case(string pattern, string action, bool matches) =>
        Assert.Equal(matches, Given.IsAllowed(Given.Statement("Allow", pattern), action, "*"));

    [Theory]
    [InlineData("*", "*", true)]
    [InlineData("*", "policy path /", true)]
    [InlineData("arn:aws:ssm:*", Given.Window, true)]
    [InlineData("arn:aws:ssm:*EXAMPLE", Given.Window, false)]
    [InlineData("arn:aws:ssm:us-east-2:*", Given.Window, true)]
    [InlineData("arn:aws:ssm:us-east-?:*", Given.Window, true)]
    [InlineData("arn:aws:ssm:*:111122223333:*", Given.Window, true)]
    [InlineData("arn:aws:ssm:*:maintenancewindow/*", Given.Window, false)]
    [InlineData("arn:aws:ssm:*:*:maintenancewindow/mw-*", Given.Window, true)]
    [InlineData("arn:aws:ssm:*:*:MaintenanceWindow/mw-*", Given.Window, false)]
    [InlineData("arn:aws:ssm:*:*:maintenancewindow:mw-*", Given.Window, false)]
    [InlineData("arn:*:ssm:*:*:maintenancewindow/*", Given.Window, true)]
    [InlineData("arn:aws:ssm", Given.Window, false)]
    [InlineData("arn:aws:ssm:us-east-2:111122223333:*", "arn:aws:ssm:us-east-2:111122223333:*", true)]
    [InlineData("arn:aws:ssm:*:*:maintenancewindow/*", "arn:aws:ssm:us-east-2:111122223333:*", false)]
    [InlineData("arn:aws:ssm:*:111122223333:document/*", "arn:aws:ssm:us-east-2::document/AWS-RunShellScript", false)]
    [InlineData("arn:aws:ssm:*::document/*", "arn:aws:ssm:us-east-2::document/AWS-RunShellScript", true)]
    [InlineData("arn:aws:states:*:*:execution:*:*", "arn:aws:states:r:1:execution:machine:run", true)]
    [InlineData("arn:aws:s3:::b/*", "arn:aws:s3:::b/x/y:z", true)]
    public void A_resource_is_matched_part_by_part_with_regard_to_case(string pattern, string resource, bool matches) =>
        Assert.Equal(matches, Given.IsAllowed(Given.Statement("Allow", "a:b", pattern), "a:b", resource));

    [Fact]
    public void NotAction_and_NotResource_match_everything_else()
    {
        var statement = """{"Effect":"Allow","NotAction":["iam:*","sts:AssumeRole"],"NotResource":["arn:aws:ssm:*"]}""";
        Assert.True(Given.IsAllowed(statement, "sns:Publish", Given.Topic));
        Assert.False(Given.IsAllowed(statement, "IAM:GetUser", Given.Topic));
        Assert.False(Given.IsAllowed(statement, "sts:assumerole", Given.Topic));
        Assert.False(Given.IsAllowed(statement, "sns:Publish", Given.Window));
    }

    [Theory]
    [InlineData("${aws:username}", "alice", true)]
    [InlineData("${AWS:UserName}", "alice", true)]
    [InlineData("${aws:username}", "bob", false)]
    [InlineData("pre-${aws:username}-*", "pre-alice-x", true)]
    [InlineData("${star}", "*", true)]
    [InlineData("${star}", "anything", false)]
    [InlineData("${*}", "*", true)]
    [InlineData("${*}", "x", false)]
    [InlineData("a${?}${$}b", "a?$b", true)]
    [InlineData("${none}", "", false)]
    [InlineData("${none, 'x y'}", "x y", true)]
    [InlineData("${none, ''}", "", true)]
    [InlineData("${none, 'a}b'}", "a}b", true)]
    [InlineData("${none, 'a*'}", "ab", false)]
    [InlineData("${aws:username, 'x'}", "alice", true)]
    [InlineData("${list, 'x'}", "x", true)]
    [InlineData("${aws:username", "${aws:username", true)]
    public void A_variable_stands_for_its_plain_value_or_default(string wanted, string actual, bool matches)
    {
        var context = Given.Context(("aws:username", "alice"), ("star", "*"), ("k", actual)).AddMany("list", ["one"]);
        var condition = Given.Condition("StringLike", "k", $"\"{wanted}\"");
        Assert.Equal(matches, Given.IsAllowed(Given.Statement("Allow", "a:b", "*", condition), "a:b", "*", context));
        var resource = $"arn:aws:ssm:r:1:x/{wanted}/y";
        Assert.Equal(matches,
            Given.IsAllowed(Given.Statement("Allow", "a:b", resource), "a:b", $"arn:aws:ssm:r:1:x/{actual}/y", context));
    }

    [Fact]
    public void The_marks_that_stand_for_wildcards_lose_their_power_in_values()
    {
        var context = Given.Context(("evil", "\uFFFF"));
        Assert.False(Given.IsAllowed(Given.Statement("Allow", "a:b", "arn:aws:s3:::${evil}"), "a:b", "arn:aws:s3:::x", context));
    }

    [Fact]
    public void Without_a_value_a_resource_matches_nothing_and_an_exception_excepts_nothing()
    {
        const string Other = "arn:aws:iam::111122223333:user/alice";
        Assert.False(Given.IsAllowed(Given.Statement("Allow", "a:b", "arn:aws:iam::111122223333:user/${aws:username}"), "a:b", Other));
        Assert.True(Given.IsAllowed(
            """{"Effect":"Allow","Action":"a:b","NotResource":"arn:aws:iam::111122223333:user/${aws:username}"}""", "a:b", Other));
    }

    [Fact]
    public void Without_a_value_a_positive_condition_fails_and_a_negated_one_holds()
    {
        var context = Given.Context(("k", "x"));
        Assert.False(Given.IsAllowed(
            Given.Statement("Allow", "a:b", "*", Given.Condition("StringEquals", "k", "\"${none}\"")), "a:b", "*", context));
        Assert.True(Given.IsAllowed(
            Given.Statement("Allow", "a:b", "*", Given.Condition("StringNotEquals", "k", "\"${none}\"")), "a:b", "*", context));
    }

    [Fact]
    public void A_variable_may_stand_for_a_whole_ARN()
    {
        var statement = Given.Statement("Allow", "a:b", "*", Given.Condition("ArnLike", "aws:SourceArn", "\"${aws:PrincipalArn}\""));
        var context = Given.Context(("aws:SourceArn", Given.RoleArn), ("aws:PrincipalArn", Given.RoleArn));
        Assert.True(Given.IsAllowed(statement, "a:b", "*", context));
        Assert.False(Given.IsAllowed(statement, "a:b", "*", context.Layer().Add("aws:PrincipalArn", "arn:aws:iam::111122223333:role/*")));
    }

    [Fact]
    public void The_older_version_has_no_variables()
    {
        var json = """
            {"Version":"2008-10-17","Statement":{"Effect":"Allow","Action":"a:b","Resource":"*",
             "Condition":{"StringEquals":{"k":"${aws:username}"}}}}
            """;
        var policies = new PrincipalPolicies(Given.User, [Given.Attached(json)]);
        var context = Given.Context(("aws:username", "alice"), ("k", "alice"));
        Assert.False(Evaluator.Decide(Given.Request("a:b", "*", context), policies).IsAllowed);
        var literal = context.Layer().Add("k", "${aws:username}");
        Assert.True(Evaluator.Decide(Given.Request("a:b", "*", literal), policies).IsAllowed);
    }

    private static readonly string[] Patterns =
        ["*", "ssm:*", "ssm:Send*", "ssm:SendCommand", "SSM:GetParameter", "sns:Publish", "sns:*", "*:Publish"];

    private static readonly Gen<(string[] Statements, string Action)> Documents = Gen.Select(
        Gen.Select(Gen.Bool, Gen.Bool, Gen.OneOf(Patterns), Gen.OneOf(Patterns))
            .Select(s => $$"""{"Effect":"{{(s.Item1 ? "Allow" : "Deny")}}","{{(s.Item2 ? "Action" : "NotAction")}}":["{{s.Item3}}","{{s.Item4}}"],"Resource":"arn:aws:ssm:*"}""")
            .Array[1, 40],
        Gen.OneOf("ssm:SendCommand", "ssm:getparameter", "sns:Publish", "iam:PassRole"));

    [Fact]
    public void A_large_document_decides_like_its_statements_one_by_one() =>
        Documents.Sample(d =>
        {
            var whole = Evaluator.Decide(Given.Request(d.Action, Given.Window), Given.UserWith(d.Statements));
            var single = new PrincipalPolicies(
                Given.User, [.. d.Statements.Select(s => Given.Attached(Given.Document(s)))]);
            var parts = Evaluator.Decide(Given.Request(d.Action, Given.Window), single);
            Assert.Equal(parts.GetType(), whole.GetType());
        });

    [Fact]
    public void The_generator_of_documents_reaches_every_outcome_in_small_and_large_ones()
    {
        var seen = new HashSet<(Type, bool)>();
        Documents.Sample(
            d =>
            {
                var decision = Evaluator.Decide(Given.Request(d.Action, Given.Window), Given.UserWith(d.Statements));
                lock (seen)
                {
                    seen.Add((decision.GetType(), d.Statements.Length > 20));
                }
            },
            iter: 2_000);
        Assert.Contains((typeof(Decision.Allowed), false), seen);
        Assert.Contains((typeof(Decision.ImplicitDeny), false), seen);
        Assert.Contains((typeof(Decision.ExplicitDeny), false), seen);
        Assert.Contains((typeof(Decision.ExplicitDeny), true), seen);
    }

    [Fact]
    public void Ten_thousand_statements_are_cut_down_to_those_about_the_action()
    {
        var statements = Enumerable.Range(0, 10_000)
            .Select(i => Given.Statement("Allow", $"svc{i % 500}:Do{i}", "arn:aws:ssm:*")).ToArray();
        var policies = Given.UserWith(statements);
        var index = policies.IdentityPolicies[0].Document.Allows;
        var candidates = 0;
        foreach (var statement in index.For(Given.Request("svc7:Do4507", Given.Window)))
        {
            candidates++;
            Assert.Equal(4507, statement.Source.Index);
        }

        Assert.Equal(1, candidates);
        var decision = Evaluator.Decide(Given.Request("SVC7:do4507", Given.Window), policies);
        Assert.Equal(4507, Assert.IsType<Decision.Allowed>(decision).By.StatementIndex);
    }

    [Fact]
    public void The_first_statement_in_the_documents_order_is_the_one_that_decides()
    {
        var statements = Enumerable.Repeat(Given.Statement("Allow", "sns:Publish"), 9)
            .Append(Given.Statement("Allow", "ssm:Get*"))
            .Append(Given.Statement("Allow", "ssm:GetParameter"))
            .Append(Given.Statement("Allow", "*")).ToArray();
        var decision = Evaluator.Decide(Given.Request("ssm:GetParameter", Given.Window), Given.UserWith(statements));
        Assert.Equal(9, Assert.IsType<Decision.Allowed>(decision).By.StatementIndex);
    }

    [Fact]
    public void Allowing_allocates_nothing()
    {
        var policies = new PrincipalPolicies(
            Given.User,
            [
                Given.Attached(Given.Document(Given.Statement("Deny", "iam:*"))),
                Given.Attached(Given.Document(Given.Statement("Allow", "ssm:*", "arn:aws:ssm:*:111122223333:*",
                    Given.Condition("StringEquals", "aws:ResourceTag/Env", "\"Test\"")))),
            ],
            Given.Managed(Given.Document(Given.Statement("Allow", "*"))));
        var request = Given.Request("ssm:SendCommand", Given.Window, Given.Context(("aws:ResourceTag/Env", "Test")));
        Assert.True(Evaluator.Decide(request, policies).IsAllowed);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++)
        {
            _ = Evaluator.Decide(request, policies);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }
}
