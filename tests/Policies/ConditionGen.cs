using System.Text.Json.Nodes;
using Casement.Tests;
using Casement.Tests.PolicyOracle;

namespace Casement.Policies.Tests;

/// <summary>Random condition keys of requests, and condition blocks that are about them.</summary>
internal sealed class ConditionGen(Dice dice)
{
    private static readonly string[] _numbers = ["5", "5.0", "10", "1e1", "-3", "007", ".5", "0.50", "5.", "+7", "x", ""];
    private static readonly string[] _texts = ["red", "Red", "r*d", "rood", "😀x", "", "alice", "é", "É"];
    private static readonly string[] _dates =
    [
        "2024-05-01T12:00:00Z", "2024-05-01T12:00Z", "2024-05-01", "2024-05", "2024-05-01T14:00:00+02:00", "1714564800",
        "2024-05-01T12:00:00.5Z", "2024T", "2023-12-31T23:59:59Z", "2024-05-01t10:30:00.000000001-01:30",
    ];

    private static readonly string[] _addresses =
    [
        "10.1.2.3", "10.200.0.1", "192.168.0.9", "::ffff:10.1.2.3", "2001:db8::1", "2001:DB8:0:0:0:0:0:1", "2001:db8:1::", "010.1.2.3",
        "0x0a.1.2.3", "10.1", "[2001:db8::1]", "fe80::1%1", "garbage", "10.1.2.256",
    ];

    private static readonly string[] _ranges =
    [
        "10.0.0.0/8", "10.1.2.0/24", "10.1.2.3/32", "0.0.0.0/0", "192.168.0.8/31", "::/0", "2001:db8::/32", "2001:db8::1/128", "10.0.0.0/33",
        "10.0.0.0/", "10.128.0.0/9",
    ];

    private static readonly string[] _arns =
    [
        "arn:aws:ssm:us-east-1:111122223333:parameter/a", "arn:aws:sns:us-east-1:111122223333:ops", "arn:aws:s3:::bucket/a:b",
        "arn:aws:s3:::bucket/*", "not-an-arn", "arn:aws:sns:us-east-1",
    ];

    private static readonly string[] _arnPatterns =
        ["arn:aws:*:*:*:*", "arn:aws:s?m:us-*:*:*", "arn:*:*", "*", "arn:aws:s3:::bucket/${*}", "arn:aws:s3:::*:*", "${aws:SourceArn}", "arn:aws:s3:::bucket/${aws:username}"];

    private static readonly string[] _bytes = ["aGVsbG8=", "aGVsbG9=", "aGVsbG8", "AAEC", "", "####"];
    private static readonly string[] _truths = ["true", "false", "TRUE", "False", "maybe"];
    private static readonly string[] _textPatterns =
        ["r*d", "?ed", "*", "r${*}d", "r${?}d", "${aws:username}", "${aws:PrincipalTag/team}", "${nothing, 'red'}", "${nothing}", "*o*", "??", "${aws:TagKeys}"];

    private static readonly (string Key, bool IsList, string[] Values)[] _keys =
    [
        ("aws:username", false, ["alice", "alice", "bob"]), ("aws:PrincipalTag/team", false, _texts), ("aws:TagKeys", true, _texts),
        ("ssm:DocumentVersion", true, _numbers), ("aws:SourceIp", false, _addresses), ("aws:CurrentTime", false, _dates),
        ("aws:EpochTime", false, ["1714564800", "1714564801"]), ("aws:MultiFactorAuthAge", false, _numbers),
        ("aws:MultiFactorAuthPresent", false, _truths), ("aws:SourceArn", false, _arns), ("x:Digest", false, _bytes), ("x:Hosts", true, _addresses),
        ("x:Arns", true, _arns), ("x:When", true, ["2024-05-01", "soon", "1714564800"]),
    ];

    public List<Fact> Facts()
    {
        var facts = new List<Fact>();
        foreach (var (key, isList, values) in _keys)
        {
            if (dice.Percent(60))
            {
                var count = isList ? dice.Next(4) : 1;
                facts.Add(new Fact(key, isList, [.. Enumerable.Range(0, count).Select(_ => dice.Of(values))]));
            }
        }

        return facts;
    }

    public JsonObject Block(IReadOnlyList<Fact> facts)
    {
        var block = new JsonObject();
        for (var i = dice.Percent(70) ? 1 : 2; i > 0; i--)
        {
            var keys = new JsonObject();
            var (key, _, values) = dice.Of(_keys);
            var family = Family(values);
            var name = Operator(family);
            for (var j = dice.Percent(80) ? 1 : 2; j > 0 && !keys.ContainsKey(key); j--)
            {
                keys[dice.Percent(20) ? key.ToUpperInvariant() : key] = Wanted(name, family, values, facts.FirstOrDefault(f => f.Key == key));
                key = dice.Of(_keys).Key;
            }

            if (!block.ContainsKey(name))
            {
                block[name] = keys;
            }
        }

        return block;
    }

    private static string Family(string[] values) =>
        values == _numbers || values[0] == "1714564800" ? "numeric"
        : values == _dates || values[0] == "2024-05-01" ? "date"
        : values == _addresses ? "ip"
        : values == _arns ? "arn"
        : values == _bytes ? "binary"
        : values == _truths ? "bool"
        : "string";

    private string Operator(string family)
    {
        var chosen = dice.Percent(8)
            ? "null"
            : dice.Of([.. Operators.Names.Where(n => dice.Percent(4) || n.Contains(family, StringComparison.Ordinal)), family == "date" ? "datelessthan" : "stringlike"]);
        var prefix = dice.Next(6) switch { 0 => "ForAllValues:", 1 => "ForAnyValue:", 2 => "forAnyValue:", _ => "" };
        return prefix + (dice.Percent(50) ? chosen.ToUpperInvariant() : chosen)
            + (chosen != "null" && dice.Percent(20) ? dice.Of(["IfExists", "ifexists"]) : "");
    }

    private JsonNode Wanted(string name, string family, string[] values, Fact? fact)
    {
        if (name.EndsWith("null", StringComparison.OrdinalIgnoreCase))
        {
            return dice.Next(4) switch { 0 => true, 1 => false, 2 => dice.Of(_truths), _ => new JsonArray("false", true) };
        }

        var isDate = name.Contains("date", StringComparison.OrdinalIgnoreCase);
        var count = dice.Percent(5) ? 0 : 1 + dice.Next(3);
        var wanted = new JsonArray();
        for (var i = 0; i < count; i++)
        {
            wanted.Add(isDate ? dice.Of(_dates) : One(family, values, fact));
        }

        return count == 1 && dice.Percent(60) ? wanted[0]!.DeepClone() : wanted;
    }

    private JsonNode One(string family, string[] values, Fact? fact)
    {
        var value = fact is { Values.Count: > 0 } && dice.Percent(45) ? dice.Of(fact.Values) : dice.Of(values);
        return family switch
        {
            "string" when dice.Percent(40) => dice.Of(_textPatterns),
            "string" when dice.Percent(15) => value.ToUpperInvariant(),
            "arn" when dice.Percent(40) => dice.Of(_arnPatterns),
            "ip" when dice.Percent(60) => dice.Of(_ranges),
            "numeric" when dice.Percent(30) => dice.Next(12),
            "bool" when dice.Percent(40) => dice.Percent(50),
            _ => value,
        };
    }
}
