namespace Casement.Policies.Tests;

public sealed class ConditionOperatorTests
{
    /// <summary>Operator, wanted, a value that meets it, one that does not, and what an absent key gives.</summary>
    public static TheoryData<string, string, string, string, bool> Operators => new()
    {
        { "StringEquals", "\"a*\"", "a*", "ab", false },
        { "StringNotEquals", "[\"a\",\"b\"]", "c", "b", true },
        { "StringEqualsIgnoreCase", "\"Prod\"", "pROD", "Prod1", false },
        { "StringNotEqualsIgnoreCase", "\"Prod\"", "Test", "PROD", true },
        { "StringLike", "\"mw-*/?\"", "mw-/x", "MW-/x", false },
        { "StringNotLike", "\"web*\"", "db", "web/1:2", true },
        { "NumericEquals", "[1.50,7]", "1.5", "2", false },
        { "NumericNotEquals", "3", "4", "3.0", true },
        { "NumericLessThan", "\"10\"", "9.99", "10", false },
        { "NumericLessThanEquals", "10", "10", "10.01", false },
        { "NumericGreaterThan", "-1", "0", "-1", false },
        { "NumericGreaterThanEquals", "-1", "-1", "-1.1", false },
        { "DateEquals", "\"2026-11-24T01:00:00+01:00\"", "2026-11-24T00:00:00Z", "2026-11-24T01:00:00Z", false },
        { "DateNotEquals", "\"2026-11-24\"", "2026-11-25", "2026-11-24T00:00Z", true },
        { "DateLessThan", "\"2026-11-24T00:00:00Z\"", "2026-11-23T23:59:59.999Z", "2026-11-24T00:00:00Z", false },
        { "DateLessThanEquals", "\"1795478400\"", "2026-11-24T00:00:00Z", "2026-11-24T00:00:00.000000001Z", false },
        { "DateGreaterThan", "\"2026-11-24T00:00:00Z\"", "1795478401", "1795478400", false },
        { "DateGreaterThanEquals", "1795478400", "2026-11-24T00:00:00Z", "2026-11-23T23:59:59Z", false },
        { "Bool", "true", "TRUE", "false", false },
        { "BinaryEquals", "\"aGVsbG8=\"", "aGVsbG8=", "aGVsbG8h", false },
        { "IpAddress", "[\"192.0.2.77/24\",\"2001:db8::/32\"]", "2001:db8:1::9", "192.0.3.1", false },
        { "NotIpAddress", "\"192.0.2.0/24\"", "198.51.100.7", "192.0.2.255", true },
        { "ArnEquals", "\"arn:aws:ssm:*:1111:document/*\"", "arn:aws:ssm:r:1111:document/a:b", "arn:aws:ssm:r:2222:document/a", false },
        { "ArnLike", "\"arn:aws:ssm:*:1111:d?c\"", "arn:aws:ssm:r:1111:doc", "arn:aws:ssm:r:x:1111:doc", false },
        { "ArnNotEquals", "\"arn:aws:ssm:*:1111:*\"", "arn:aws:sns:r:1111:x", "arn:aws:ssm:r:1111:x", true },
        { "ArnNotLike", "\"arn:aws:ssm:*:1111:*\"", "arn:aws:sns:r:1111:x", "arn:aws:ssm:r:1111:x", true },
    };

    [Fact]
    public void The_table_and_the_test_of_Null_cover_every_operator() =>
        Assert.Equal(
            Enum.GetNames<Comparison>().Order(StringComparer.Ordinal),
            Operators.Select(o => o.Data.Item1).Append("Null").Order(StringComparer.Ordinal));

    [Theory]
    [MemberData(nameof(Operators))]
    public void An_operator_is_met_missed_and_knows_what_an_absent_key_means(
        string op, string wanted, string met, string missed, bool absent)
    {
        Assert.True(Holds(op, wanted, met));
        Assert.False(Holds(op, wanted, missed));
        Assert.Equal(absent, Holds(op, wanted, []));
        Assert.True(Holds(op + "IfExists", wanted, []));
        Assert.False(Holds(op + "IfExists", wanted, missed));
        Assert.True(Holds(op + "IfExists", wanted, met));
        Assert.True(Holds(op.ToUpperInvariant(), wanted, met));
    }

    [Theory]
    [MemberData(nameof(Operators))]
    public void A_set_prefix_asks_all_values_or_any(string op, string wanted, string met, string missed, bool absent)
    {
        _ = absent;
        Assert.True(Holds("ForAllValues:" + op, wanted, [met, met]));
        Assert.False(Holds("ForAllValues:" + op, wanted, [met, missed]));
        Assert.True(Holds("ForAllValues:" + op, wanted, []));
        Assert.True(Holds("ForAnyValue:" + op, wanted, [missed, met]));
        Assert.False(Holds("ForAnyValue:" + op, wanted, [missed, missed]));
        Assert.False(Holds("ForAnyValue:" + op, wanted, []));
        Assert.True(Holds("ForAnyValue:" + op + "IfExists", wanted, []));
        Assert.True(Holds("ForAllValues:" + op + "IfExists", wanted, []));

        // a key with one value is a set of one
        Assert.True(Holds("ForAnyValue:" + op, wanted, met));
        Assert.False(Holds("ForAllValues:" + op, wanted, missed));
    }

    [Theory]
    [MemberData(nameof(Operators))]
    public void A_list_is_not_compared_without_a_set_prefix(string op, string wanted, string met, string missed, bool absent)
    {
        _ = absent;
        Assert.False(Holds(op, wanted, [met]));
        Assert.False(Holds(op, wanted, [missed]));
    }

    [Fact]
    public void Null_asks_for_presence()
    {
        Assert.True(Holds("Null", "true", []));
        Assert.False(Holds("Null", "\"TRUE\"", "x"));
        Assert.True(Holds("Null", "false", ""));
        Assert.False(Holds("Null", "\"false\"", []));
        Assert.True(Holds("Null", "false", ["x"]));
        Assert.True(Holds("Null", "[true,false]", []));
        Assert.False(Holds("Null", "\"maybe\"", []));
        Assert.False(Holds("Null", "\"maybe\"", "x"));
    }

    [Theory]
    [InlineData("NumericEquals", "1", "one")]
    [InlineData("NumericNotEquals", "1", "one")]
    [InlineData("NumericNotEquals", "\"one\"", "1")]
    [InlineData("DateNotEquals", "\"2026-11-24\"", "tomorrow")]
    [InlineData("Bool", "true", "yes")]
    [InlineData("BinaryEquals", "\"aGVsbG8=\"", "%%%")]
    [InlineData("IpAddress", "\"0.0.0.0/0\"", "1")]
    [InlineData("IpAddress", "\"0.0.0.0/0\"", "010.0.0.1")]
    [InlineData("IpAddress", "\"0.0.0.0/0\"", "0x0a.0.0.1")]
    [InlineData("IpAddress", "\"010.0.0.0/8\"", "8.0.0.1")]
    [InlineData("IpAddress", "\"::/0\"", "[2001:db8::1]")]
    [InlineData("IpAddress", "\"::/0\"", "[2001:db8::1]:443")]
    [InlineData("IpAddress", "\"::/0\"", "fe80::1%1")]
    [InlineData("IpAddress", "\"0.0.0.0/0\"", "2001:db8::1")]
    [InlineData("IpAddress", "\"192.0.2.0/33\"", "192.0.2.1")]
    [InlineData("ArnLike", "\"arn:aws:ssm:*:*\"", "arn:aws:ssm:r:1111:x")]
    [InlineData("ArnLike", "\"*\"", "arn:aws:ssm:r:1111:x")]
    [InlineData("ArnLike", "\"arn:aws:ssm:*:*:*\"", "no arn")]
    [InlineData("StringEquals", "[]", "x")]
    public void What_cannot_be_compared_does_not_match(string op, string wanted, string actual) =>
        Assert.False(Holds(op, wanted, actual));

    [Theory]
    [InlineData("NotIpAddress", "\"192.0.2.0/24\"", "2001:db8::1")]
    [InlineData("NotIpAddress", "\"192.0.2.0/24\"", "nonsense")]
    [InlineData("ArnNotLike", "\"arn:aws:ssm:*:*:*\"", "no arn")]
    [InlineData("StringNotEquals", "[]", "x")]
    [InlineData("IpAddress", "\"192.0.2.7\"", "192.0.2.7")]
    [InlineData("IpAddress", "\"192.0.2.0/24\"", "::ffff:192.0.2.9")]
    [InlineData("IpAddress", "\"2001:db8::1\"", "2001:DB8:0::1")]
    [InlineData("IpAddress", "\"0.0.0.0/0\"", "203.0.113.9")]
    [InlineData("BinaryEquals", "\"aGVs bG8=\"", "aGVsbG8=")]
    public void Edges_that_match(string op, string wanted, string actual) => Assert.True(Holds(op, wanted, actual));

    [Fact]
    public void All_operators_and_all_keys_must_hold()
    {
        var statement = Given.Statement("Allow", "a:b", "*",
            ""","Condition":{"StringEquals":{"k1":"a","k2":"b"},"NumericLessThan":{"k3":5}}""");
        Assert.True(Given.IsAllowed(statement, "a:b", "*", Given.Context(("k1", "a"), ("K2", "b"), ("k3", "4"))));
        Assert.False(Given.IsAllowed(statement, "a:b", "*", Given.Context(("k1", "a"), ("k2", "x"), ("k3", "4"))));
        Assert.False(Given.IsAllowed(statement, "a:b", "*", Given.Context(("k1", "a"), ("k2", "b"), ("k3", "6"))));
    }

    [Fact]
    public void Keys_and_tag_keys_have_no_case_but_values_have()
    {
        var statement = Given.Statement("Allow", "a:b", "*", Given.Condition("StringEquals", "aws:resourcetag/ENV", "\"Test\""));
        Assert.True(Given.IsAllowed(statement, "a:b", "*", Given.Context(("aws:ResourceTag/Env", "Test"))));
        Assert.False(Given.IsAllowed(statement, "a:b", "*", Given.Context(("aws:ResourceTag/Env", "test"))));
    }

    [Fact]
    public void A_layer_hides_the_keys_below_it_and_shows_the_others()
    {
        var below = Given.Context(("a", "1"), ("b", "1"));
        var above = below.Layer().Add("A", "2").Add("c", null).AddMany("b", []);
        Assert.Equal("2", above.SingleValue("a"));
        Assert.False(above.TryFind("b", ConditionContext.Hash("b"), out _));
        Assert.False(above.TryFind("c", ConditionContext.Hash("c"), out _));
        Assert.Equal("1", below.SingleValue("a"));
        Assert.Equal(2, above.Entries.Count);
    }

    private static bool Holds(string op, string wanted, string actual) =>
        Allowed(op, wanted, new ConditionContext().Add("some:Key", actual));

    private static bool Holds(string op, string wanted, string[] actual) =>
        Allowed(op, wanted, actual.Length == 0 ? new() : new ConditionContext().AddMany("some:Key", actual));

    private static bool Allowed(string op, string wanted, ConditionContext context) =>
        Given.IsAllowed(Given.Statement("Allow", "a:b", "*", Given.Condition(op, "some:Key", wanted)), "a:b", "*", context);
}
