using System.Text.Json;

namespace Casement.Policies.Tests;

/// <summary>The acceptance scenarios: who, with which policies, may do what to what, and in which words not.</summary>
public sealed class ScenarioTests
{
    private static readonly JsonDocument Data =
        JsonDocument.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "iam-scenarios.json")));

    public static TheoryData<string> Ids =>
        [.. Data.RootElement.GetProperty("scenarios").EnumerateArray().Select(s => s.GetProperty("id").GetString()!)];

    [Fact]
    public void There_are_67_scenarios_of_both_outcomes()
    {
        var outcomes = Data.RootElement.GetProperty("scenarios").EnumerateArray()
            .Select(s => s.GetProperty("expect").GetString()).ToList();
        Assert.Equal(67, outcomes.Count);
        Assert.Equal(["allowed", "denied"], outcomes.Distinct().Order());
    }

    [Theory]
    [MemberData(nameof(Ids))]
    public void A_scenario_ends_as_AWS_ends_it(string id)
    {
        var scenario = Data.RootElement.GetProperty("scenarios").EnumerateArray()
            .Single(s => s.GetProperty("id").GetString() == id);
        var caller = Caller(scenario);
        var checks = scenario.GetProperty("checks").EnumerateArray().ToList();
        var decisions = checks.Select(c => Decide(scenario, c, caller)).ToList();
        var expected = scenario.GetProperty("expect").GetString() == "allowed";
        Assert.Equal(expected, decisions.All(d => d.IsAllowed));
        if (expected || !scenario.GetProperty("error").TryGetProperty("message", out var message))
        {
            return;
        }

        var refused = decisions.FindIndex(d => !d.IsAllowed);
        var text = DenialText.For(
            decisions[refused], scenario.GetProperty("principal").GetString()!,
            checks[refused].GetProperty("action").GetString()!, checks[refused].GetProperty("resource").GetString());

        // the scenarios quote the older wording; today a managed policy that denies is named
        var managed = decisions[refused] is Decision.ExplicitDeny { By.Source: PolicySource.Managed { Arn: var arn } }
            ? $": {arn}" : "";
        Assert.Equal(message.GetString() + managed, text);
    }

    private static Decision Decide(JsonElement scenario, JsonElement check, PrincipalPolicies caller)
    {
        var request = new AccessRequest(
            check.GetProperty("action").GetString()!, check.GetProperty("resource").GetString()!,
            Context(check.GetProperty("context")));
        if (scenario.TryGetProperty("trust", out var trust))
        {
            return Evaluator.DecideTrust(request, caller, Given.Parsed(trust.GetRawText(), PolicyKind.Trust));
        }

        var own = scenario.TryGetProperty("resourcePolicy", out var policy)
            ? Given.Parsed(policy.GetRawText(), PolicyKind.Resource) : null;
        return Evaluator.Decide(request, caller, own);
    }

    private static ConditionContext Context(JsonElement keys)
    {
        var context = new ConditionContext();
        foreach (var key in keys.EnumerateObject())
        {
            _ = key.Value.ValueKind == JsonValueKind.Array
                ? context.AddMany(key.Name, [.. key.Value.EnumerateArray().Select(v => v.GetString()!)])
                : context.Add(key.Name, key.Value.GetString());
        }

        return context;
    }

    private static PrincipalPolicies Caller(JsonElement scenario)
    {
        var arn = scenario.GetProperty("principal").GetString()!;
        var account = Data.RootElement.GetProperty("account").GetString()!;
        var name = arn.Split(':', 6)[^1].Split('/');
        PrincipalIdentity identity = (arn.Contains(':', StringComparison.Ordinal), name[0]) switch
        {
            (false, _) => new PrincipalIdentity.Service(arn),
            (_, "root") => new PrincipalIdentity.Root(account),
            (_, "user") => new PrincipalIdentity.User(account, arn, "AIDAEXAMPLE0000000001"),
            _ => new PrincipalIdentity.RoleSession(
                account, $"arn:aws:iam::{account}:role/{name[1]}", "AROAEXAMPLE0000000001", arn),
        };
        return new PrincipalPolicies(
            identity,
            [.. scenario.GetProperty("policies").EnumerateArray().Select(p => Named(p.GetString()!))],
            scenario.TryGetProperty("boundary", out var boundary) ? Named(boundary.GetString()!) : null,
            scenario.TryGetProperty("session", out var session) ? [Named(session.GetString()!)] : null);
    }

    private static AttachedPolicy Named(string name)
    {
        var json = Data.RootElement.GetProperty("policies").GetProperty(name).GetRawText();
        return name.StartsWith("doc-", StringComparison.Ordinal) || name.StartsWith("deny-", StringComparison.Ordinal)
            ? Given.Attached(json, name)
            : Given.Managed(json, $"arn:aws:iam::aws:policy/{name}");
    }
}
