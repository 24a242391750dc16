using System.Text.Json;

namespace Casement.Policies.Tests;

public sealed class PolicyDocumentTests
{
    [Fact]
    public void Every_managed_policy_of_AWS_that_ships_is_taken()
    {
        var text = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "managed-policies.json"));
        using var data = JsonDocument.Parse(text);
        var documents = data.RootElement.GetProperty("policies").EnumerateObject()
            .Select(p => p.Value.GetProperty("document").GetRawText()).ToList();
        Assert.True(documents.Count >= 20);
        foreach (var document in documents)
        {
            var isTrust = document.Contains("\"Principal\"", StringComparison.Ordinal);
            Assert.NotEmpty(Given.Parsed(document, isTrust ? PolicyKind.Trust : PolicyKind.Managed).Statements);
        }
    }

    [Fact]
    public void Statements_are_kept_as_written()
    {
        var doc = Given.Parsed(Given.Document(
            """{"Sid":"One","Effect":"Deny","NotAction":"a:b","NotResource":["*"],"Condition":{"NumericLessThan":{"k":[1,"2"]},"Bool":{"b":false}}}"""));
        var statement = Assert.Single(doc.Statements);
        Assert.Equal(("One", PolicyEffect.Deny, 0), (statement.Sid, statement.Effect, statement.Index));
        Assert.Null(statement.Actions);
        Assert.Equal(["a:b"], statement.NotActions!);
        Assert.Equal(["*"], statement.NotResources!);
        Assert.Equal(["1", "2"], statement.Conditions[0].Values);
        Assert.Equal(("Bool", "b"), (statement.Conditions[1].Operator, statement.Conditions[1].Key));
        Assert.Equal(["false"], statement.Conditions[1].Values);
    }

    [Fact]
    public void Columns_count_characters_and_lines_count_line_feeds()
    {
        var doc = Given.Parsed("{\"Id\":\"é😀\",\"Statement\":{\"Effect\":\"Allow\",\r\n\"Action\":\"a:b\",\"Resource\":\"*\"}}");
        Assert.Equal(new SourceSpan(new(1, 24), new(2, 30)), doc.Statements[0].Span);
    }

    [Fact]
    public void Rewriting_replaces_principals_and_nothing_else()
    {
        const string Json = """
            { "Id":"é😀", "Statement" : [ {"Effect":"Allow", "Principal" : {"AWS": ["arn:aws:iam::111122223333:user/alice", "*"],
              "Service":"ssm.amazonaws.com"}, "Action":"sts:AssumeRole"},
              {"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:user\u002falice"},"Action":"sts:AssumeRole"} ] }
            """;
        var doc = Given.Parsed(Json, PolicyKind.Trust);
        var asked = new List<string>();
        var stored = doc.RewritePrincipals(p =>
        {
            asked.Add(p);
            return p == Given.UserArn ? "AIDAEXAMPLEALICE00001" : null;
        });
        Assert.Equal([Given.UserArn, "*", Given.UserArn], asked);
        Assert.Equal(
            Json.Replace(Given.UserArn, "AIDAEXAMPLEALICE00001", StringComparison.Ordinal)
                .Replace("arn:aws:iam::111122223333:user\\u002falice", "AIDAEXAMPLEALICE00001", StringComparison.Ordinal),
            stored);
        Assert.Equal(Json, doc.RewritePrincipals(_ => null));
    }

    [Fact]
    public void A_stored_id_trusts_its_user_and_not_a_new_one_of_the_same_name()
    {
        var written = $$$"""{"Statement":{"Effect":"Allow","Principal":{"AWS":"{{{Given.UserArn}}}"},"Action":"sts:AssumeRole"}}""";
        var stored = Given.Parsed(
            Given.Parsed(written, PolicyKind.Trust).RewritePrincipals(_ => "AIDAEXAMPLEALICE00001"), PolicyKind.Trust);
        var request = Given.Request("sts:AssumeRole", Given.RoleArn);
        var again = new PrincipalIdentity.User(Given.Account, Given.UserArn, "AIDAEXAMPLEALICE00002");
        Assert.True(Evaluator.DecideTrust(request, new(Given.User), stored).IsAllowed);
        Assert.False(Evaluator.DecideTrust(request, new(again), stored).IsAllowed);
    }

    [Fact]
    public void Principals_are_listed_with_their_types()
    {
        var doc = Given.Parsed(
            """{"Statement":{"Effect":"Allow","Principal":{"AWS":"111122223333","Service":"ssm.amazonaws.com"},"Action":"sts:AssumeRole"}}""",
            PolicyKind.Trust);
        Assert.Equal([("AWS", "111122223333"), ("Service", "ssm.amazonaws.com")], doc.Principals.Select(p => (p.Type, p.Value)));
    }

    [Theory]
    [InlineData("1970T", 0, 0)]
    [InlineData("1970", 1970, 0)]
    [InlineData("1970-01-02", 86400, 0)]
    [InlineData("2000-03-01T00:00Z", 951868800, 0)]
    [InlineData("2024-02-29T12:00:00+05:30", 1709188200, 0)]
    [InlineData("2024-02-29T12:00:00-05:30", 1709227800, 0)]
    [InlineData("1969-12-31T23:59:59.5Z", -1, 500_000_000)]
    [InlineData("0001-01-01", -62135596800, 0)]
    [InlineData("1709188200", 1709188200, 0)]
    public void Dates_are_seconds_since_1970(string text, long seconds, int nanos)
    {
        Assert.True(Moment.TryParse(text, out var moment));
        Assert.Equal(new Moment(seconds, nanos), moment);
    }

    [Theory]
    [InlineData("")]
    [InlineData("T")]
    [InlineData("-")]
    [InlineData("2024-13")]
    [InlineData("2024-01-32")]
    [InlineData("2024-01-01-01")]
    [InlineData("2024-01-01T24:00")]
    [InlineData("2024-01-01T10:60")]
    [InlineData("2024-01-01T10:00:00.Z")]
    [InlineData("2024-01-01T10:00:00+5")]
    [InlineData("2024-01-01TZ")]
    [InlineData("292278994-01-01")]
    [InlineData("+5")]
    [InlineData("1e9")]
    public void What_is_no_date_is_refused(string text) => Assert.False(Moment.TryParse(text, out _));
}
