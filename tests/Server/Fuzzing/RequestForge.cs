using System.Globalization;
using System.Reflection;
using System.Text;
using System.Text.Json.Nodes;
using Casement.Aws.Wire;
using Casement.Tests;

namespace Casement.Server.Tests.Fuzzing;

/// <summary>
/// Makes requests of an operation from its record: most members as the model wants them and naming what exists, so that handlers
/// are reached; some absent, out of bounds, of another type, or strange.
/// </summary>
internal sealed class RequestForge(IReadOnlyDictionary<string, string> known)
{
    public const string Policy = """{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"ssm:*","Resource":"*"}]}""";

    private static readonly string[] Strange =
    [
        "", " ", "\0", "\n", "a\u0001b", "\u00e9", "\ud83d\ude42", "\uffff", "%", "%41", "../..", "'; DROP TABLE nodes; --", "{{ a }}", "${aws:username}", "*", "?", "-", "--",
        "0", "null", "true", "[]", "{}", "<x>&amp;</x>", "]]>", "arn:aws:iam::123456789012:role/x", "arn:", ":::::", "mw-0123456789abcdef0", "tag:", "tag:Name", "tag-key",
    ];

    private static readonly Dictionary<string, string[]> Pools = new(StringComparer.Ordinal)
    {
        ["Schedule"] = ["rate(1 day)", "cron(0 2 ? * SUN *)", "at(2030-01-01T00:00:00)", "cron(0 0 31 2 ? *)", "rate(999999999999 days)", "at(9999-12-31T23:59:59)", "cron(* * * * ? *)"],
        ["ScheduleTimezone"] = ["Europe/Berlin", "UTC", "Nowhere/City", "Etc/GMT+12"],
        ["StartDate"] = ["2026-04-01T00:00:00Z", "9999-12-31T23:59:59Z", "0001-01-01T00:00:00Z", "2026-02-30"],
        ["EndDate"] = ["2027-04-01T00:00:00Z", "9999-12-31T23:59:59+00:00", "0001-01-01T00:00:00Z"],
        ["TaskArn"] = ["AWS-RunShellScript", "arn:aws:lambda:us-east-1:123456789012:function:f", "arn:aws:states:us-east-1:123456789012:stateMachine:s"],
        ["DocumentName"] = ["AWS-RunShellScript"],
        ["Name"] = ["AWS-RunShellScript", "Patching", "fuzz"],
        ["ResourceType"] = ["MaintenanceWindow", "ManagedInstance", "INSTANCE", "RESOURCE_GROUP", "Document", "Parameter"],
        ["MaxConcurrency"] = ["1", "50%", "100%", "9999999"],
        ["MaxErrors"] = ["0", "1", "10%"],
        ["UserName"] = ["fuzz", "nobody"],
        ["GroupName"] = ["fuzzers"],
        ["RoleName"] = ["fuzzrole"],
        ["PolicyName"] = ["own", "fuzzpolicy"],
        ["VersionId"] = ["v1", "v2", "v99"],
        ["PolicyDocument"] = [Policy, """{"Version":"2012-10-17","Statement":[]}""", "{", """{"Statement":{"Effect":"Deny","NotAction":[],"Resource":["*"]}}"""],
        ["AssumeRolePolicyDocument"] = ["""{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"ssm.amazonaws.com"},"Action":"sts:AssumeRole"}]}"""],
        ["Path"] = ["/", "/a/b/"],
        ["IamRole"] = ["service-role/AmazonEC2RunCommandRoleForManagedInstances", "fuzzrole"],
        ["RoleSessionName"] = ["s1"],
        ["PublicKeyType"] = ["Rsa"],
        ["NewPublicKeyType"] = ["Rsa"],
        ["Fingerprint"] = ["f"],
        ["advance"] = ["PT1H", "P1D", "P3660D", "P99999999999W", "PT9223372036854775807S", "P2147483647D", "-PT1H", "P1Y"],
        ["AgentVersion"] = ["3.3.0.0", "1.0.0"],
        ["PlatformType"] = ["Linux", "Windows"],
        ["Key"] = ["InstanceIds", "tag:Name", "WindowTargetIds", "Status", "Name", "ExecutedBefore", "InvokedAfter", "tag-key", "PingStatus", "DocumentNamePrefix", "Owner", "k"],
        ["Values"] = ["InProgress", "Success", "2026-03-02T10:00:00Z", "Online", "AWS-", "Amazon", "Patching", "v"],
        ["Payload"] =
        [
            """{"documentStatus":"Success","runtimeStatus":{"aws:runShellScript":{"status":"Success","code":0,"output":"x","standardOutput":"x"}}}""",
            """{"documentStatus":"InProgress","runtimeStatus":null}""", """{"documentStatus":7}""", "[]", "null", """{"runtimeStatus":{"a":null}}""", """{"documentStatus":"\ud800"}""",
        ],
    };

    private static readonly Dictionary<string, string> SameAs = new(StringComparer.Ordinal)
    {
        ["InstanceIds"] = "InstanceId", ["Destination"] = "InstanceId", ["ServiceRoleArn"] = "RoleArn", ["ServiceRole"] = "RoleArn", ["NewPublicKey"] = "PublicKey",
        ["PermissionsBoundary"] = "PolicyArn", ["ResourceId"] = "WindowId", ["WindowExecutionId"] = "CommandId", ["TaskId"] = "WindowTaskId", ["ReplyId"] = "CommandId",
        ["InvocationId"] = "CommandId",
    };

    public JsonObject Of(Type request, Dice dice)
    {
        var result = new JsonObject();
        foreach (var property in request.GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(p => p.CanWrite))
        {
            if (!dice.Percent(property.IsDefined(typeof(RequiredAttribute)) ? 4 : 50))
            {
                result[property.GetCustomAttribute<WireNameAttribute>()?.Name ?? property.Name] = Value(property, property.PropertyType, dice, 0);
            }
        }

        return result;
    }

    /// <summary>The same as form parameters.</summary>
    public static string Form(JsonNode? node, string name = "") => string.Join('&', Pairs(node, name).Select(p => $"{Uri.EscapeDataString(p.Name)}={Uri.EscapeDataString(p.Value)}"));

    private static IEnumerable<(string Name, string Value)> Pairs(JsonNode? node, string name) => node switch
    {
        null => [],
        JsonObject members => members.SelectMany(m => Pairs(m.Value, name.Length == 0 ? m.Key : $"{name}.{m.Key}")),
        JsonArray { Count: 0 } => [(name, "")],
        JsonArray items => items.SelectMany((item, index) => Pairs(item, string.Create(CultureInfo.InvariantCulture, $"{name}.member.{index + 1}"))),
        _ => [(name, node.ToString())],
    };

    private JsonNode? Value(PropertyInfo property, Type type, Dice dice, int depth)
    {
        var bare = Nullable.GetUnderlyingType(type) ?? type;
        if (dice.Percent(2) || depth > 6)
        {
            return Wrong(dice);
        }

        if (bare == typeof(string))
        {
            return Text(property, dice);
        }

        if (bare == typeof(bool))
        {
            return dice.Percent(50);
        }

        if (bare == typeof(DateTimeOffset))
        {
            return dice.Percent(50)
                ? JsonValue.Create(dice.Of([1772445600.123m, 0m, -62135596800m, 253402300799m, 253402300799.999m, 4102444800m]))
                : JsonValue.Create(dice.Of(["2026-03-03T10:00:00Z", "9999-12-31T23:59:59Z", "0001-01-01T00:00:00Z", "2026-03-03"]));
        }

        if (bare == typeof(byte[]))
        {
            return Convert.ToBase64String(Encoding.UTF8.GetBytes(dice.Of(Strange)));
        }

        if (bare.IsValueType)
        {
            return Number(property, dice);
        }

        if (bare.IsGenericType && bare.GetGenericArguments() is [var item])
        {
            return new JsonArray([.. Enumerable.Range(0, Size(dice)).Select(_ => Value(property, item, dice, depth + 1))]);
        }

        if (bare.IsGenericType && bare.GetGenericArguments() is [_, var value])
        {
            var map = new JsonObject();
            for (var left = Size(dice); left > 0; left--)
            {
                map[dice.Percent(70) ? dice.Of(["commands", "executionTimeout", "workingDirectory"]) : dice.Of(Strange)] = Value(property, value, dice, depth + 1);
            }

            return map;
        }

        return Of(bare, dice);
    }

    private JsonNode Text(PropertyInfo property, Dice dice)
    {
        if (dice.Percent(8))
        {
            return dice.Of(Strange);
        }

        var name = property.GetCustomAttribute<WireNameAttribute>()?.Name ?? property.Name;
        if (property.GetCustomAttribute<EnumValuesAttribute>() is { } choice && dice.Percent(92))
        {
            return dice.Of(choice.Values);
        }

        if (property.GetCustomAttribute<EachEnumAttribute>() is { } each && dice.Percent(92))
        {
            return dice.Of(each.Values);
        }

        if (known.TryGetValue(SameAs.GetValueOrDefault(name, name), out var real) && dice.Percent(85))
        {
            return real;
        }

        if (Pools.TryGetValue(name, out var pool) && dice.Percent(85))
        {
            return dice.Percent(name == "Values" ? 30 : 0) ? known.Values.ElementAt(dice.Next(known.Count)) : dice.Of(pool);
        }

        var length = property.GetCustomAttribute<LengthAttribute>();
        var (least, most) = (Math.Max(0, length?.Min ?? 0), length is { Max: > 0 } bound ? bound.Max : 40);
        return new string(dice.Of(['a', 'Z', '7', '/', '\u00e9']), dice.Percent(90) ? Math.Min(most, Math.Max(least, dice.Next(1, 40))) : dice.Of([least, most, most + 1, 3000]));
    }

    private static JsonNode Number(PropertyInfo property, Dice dice)
    {
        if (property.GetCustomAttribute<RangeAttribute>() is { } range && dice.Percent(80))
        {
            return range.Min + (long)(dice.Next() % (ulong)Math.Clamp((decimal)range.Max - range.Min + 1, 1, 1_000_000));
        }

        return dice.Of([0L, 1, -1, 5, 50, int.MaxValue, int.MinValue, long.MaxValue, 1L << 31]);
    }

    private static int Size(Dice dice) => dice.Percent(95) ? dice.Next(0, 4) : dice.Of([6, 51, 101, 300]);

    private static JsonNode? Wrong(Dice dice) => dice.Next(7) switch
    {
        0 => null,
        1 => 1,
        2 => true,
        3 => new JsonArray(1, "a", new JsonArray()),
        4 => new JsonObject { ["a"] = new JsonObject() },
        5 => JsonValue.Create(1.5e300),
        _ => dice.Of(Strange),
    };
}
