using System.Text.Json;
using Casement.Clients.Tests.Harness;
using Casement.Server;
using Casement.Server.Operations;

namespace Casement.Clients.Tests;

/// <summary>
/// Every minimum, maximum, pattern, enum and required member that the model gives our operations, broken one at a time over
/// HTTP. The cases follow the operation table: a new operation brings its own.
/// </summary>
public sealed class ConstraintTests(SharedServer shared)
{
    private static readonly JsonElement Model = JsonSerializer.Deserialize<JsonElement>(File.ReadAllBytes(Files.Data("ssm-ops.json")));
    private static readonly List<string> Skipped = [];

    public static TheoryData<ConstraintCase> Cases { get; } = [.. Catalogue.All
        .Where(o => o.Service == Service.Ssm && Model.TryGetProperty(o.Name, out _))
        .SelectMany(CasesOf)];

    [Theory]
    [MemberData(nameof(Cases), DisableDiscoveryEnumeration = true)]
    public async Task A_broken_rule_is_said_in_AWS_s_words(ConstraintCase broken)
    {
        ArgumentNullException.ThrowIfNull(broken);
        var reply = await shared.Server.Raw().Send(RawCall.Ssm(broken.Operation, broken.Body));
        Assert.Equal((400, "ValidationException"), (reply.Status, reply.Code));
        Assert.Contains(broken.Sentence, reply.Message, StringComparison.Ordinal);
        Assert.Matches("^[0-9]+ validation errors? detected: ", reply.Message);
    }

    [Fact]
    public void The_cases_reach_every_kind_of_rule_and_skip_next_to_none()
    {
        var rules = Cases.Select(c => c.Data.Rule.Split(' ', 2)[1]).ToHashSet();
        Assert.Superset(new HashSet<string> { "required", "min", "max", "pattern", "enum", "each pattern", "each max", "key min" }, rules);
        Assert.True(Skipped.Count * 50 < Cases.Count, string.Join('\n', Skipped));
    }

    private static List<ConstraintCase> CasesOf(Operation operation)
    {
        var cases = new ConstraintCases(operation.Name);
        var made = cases.Of(Model.GetProperty(operation.Name).GetProperty("input"));
        Skipped.AddRange(cases.Skipped);
        return made;
    }
}
