using Casement.Aws.Wire;

namespace Casement.Aws.Tests.Wire;

public sealed class ConstraintsTests
{
    private const string NamePattern = @"Member must satisfy regular expression pattern: ^[a-zA-Z0-9_\-.]{3,128}$";
    private static readonly Window Sound = new() { Name = "nightly", Duration = 2 };

    public static TheoryData<Window, string[]> Table => new()
    {
        { Sound, [] },
        { Sound with { Name = null }, ["Value null at 'name' failed to satisfy constraint: Member must not be null"] },
        { Sound with { Name = "ab" }, ["Value 'ab' at 'name' failed to satisfy constraint: Member must have length greater than or equal to 3", $"Value 'ab' at 'name' failed to satisfy constraint: {NamePattern}"] },
        { Sound with { Duration = 0 }, ["Value '0' at 'duration' failed to satisfy constraint: Member must have value greater than or equal to 1"] },
        { Sound with { Duration = 25 }, ["Value '25' at 'duration' failed to satisfy constraint: Member must have value less than or equal to 24"] },
        { Sound with { Duration = 24, Weight = 5.0m }, [] },
        { Sound with { Weight = 5.5m }, ["Value '5.5' at 'weight' failed to satisfy constraint: Member must have value less than or equal to 5"] },
        { Sound with { Type = "instance" }, ["Value 'instance' at 'type' failed to satisfy constraint: Member must satisfy enum value set: [INSTANCE, RESOURCE_GROUP]"] },
        { Sound with { Targets = [new() { Key = "k" }, new() { Key = "" }] }, ["Value '' at 'targets.2.member.key' failed to satisfy constraint: Member must have length greater than or equal to 1"] },
        { Sound with { Targets = [new()] }, ["Value null at 'targets.1.member.key' failed to satisfy constraint: Member must not be null"] },
        { Sound with { Targets = [new() { Key = "a", Values = ["1", "2"] }, new() { Key = "b" }, new() { Key = "c" }] }, ["Value '[Target(key=a, values=[1, 2]), Target(key=b), Target(key=c)]' at 'targets' failed to satisfy constraint: Member must have length less than or equal to 2"] },
        { Sound with { Ids = [] }, ["Value '[]' at 'ids' failed to satisfy constraint: Member must have length greater than or equal to 1"] },
        { Sound with { Ids = ["ok", "too long"] }, [@"Value '[ok, too long]' at 'ids' failed to satisfy constraint: Member must satisfy constraint: [Member must have length less than or equal to 4, Member must have length greater than or equal to 1, Member must satisfy regular expression pattern: ^\w*$]"] },
        { Sound with { Labels = new Dictionary<string, string> { ["K"] = "fine" } }, ["Value '{K=fine}' at 'labels' failed to satisfy constraint: Map keys must satisfy constraint: [Member must have length less than or equal to 3, Member must have length greater than or equal to 1, Member must satisfy regular expression pattern: ^[a-z]+$]"] },
        { Sound with { Labels = new Dictionary<string, string> { ["k"] = "longer" } }, ["Value '{k=longer}' at 'labels' failed to satisfy constraint: Map value must satisfy constraint: [Member must have length less than or equal to 4]"] },
        { Sound with { Parameters = new Dictionary<string, IReadOnlyList<string>> { ["A"] = ["x", "z"] } }, ["Value '{A=[x, z]}' at 'parameters' failed to satisfy constraint: Map value must satisfy constraint: [Member must satisfy constraint: [Member must satisfy enum value set: [x, y]]]"] },
        { Sound with { Parameters = new Dictionary<string, IReadOnlyList<string>> { ["C"] = ["x"] } }, ["Value '{C=[x]}' at 'parameters' failed to satisfy constraint: Map keys must satisfy constraint: [Member must satisfy enum value set: [A, B]]"] },
        { Sound with { Blob = [1, 2, 3] }, ["Value 'AQID' at 'blob' failed to satisfy constraint: Member must have length less than or equal to 2"] },
    };

    [Theory]
    [MemberData(nameof(Table), DisableDiscoveryEnumeration = true)]
    public void Each_broken_rule_is_worded_as_aws_words_it(Window window, string[] faults)
        => Assert.Equal(faults, Constraints.Check(window));

    [Fact]
    public void All_faults_come_at_once_and_are_counted()
    {
        Constraints.ThrowIfBroken(Sound, WireProtocol.Json11);
        var one = Assert.Throws<AwsException>(() => Constraints.ThrowIfBroken(Sound with { Duration = 0 }, WireProtocol.Query));
        var two = Assert.Throws<AwsException>(() => Constraints.ThrowIfBroken(new Window(), WireProtocol.Json11));

        Assert.Equal(("ValidationError", 400), (one.Code, one.Status));
        Assert.StartsWith("1 validation error detected: Value '0'", one.Message, StringComparison.Ordinal);
        Assert.Equal("ValidationException", two.Code);
        Assert.Equal("2 validation errors detected: Value null at 'name' failed to satisfy constraint: Member must not be "
            + "null; Value null at 'duration' failed to satisfy constraint: Member must not be null", two.Message);
    }

    [Fact]
    public void A_sensitive_value_is_never_printed_nor_anything_under_it()
    {
        var faults = Constraints.Check(new Secretive { Description = "too long", Items = [new() { Code = "wide" }] });

        Assert.Equal(
            [
                "Value '***' at 'description' failed to satisfy constraint: Member must have length less than or equal to 5",
                "Value '***' at 'items.1.member.code' failed to satisfy constraint: Member must have length less than or equal to 3",
            ],
            faults);
    }

    [Fact]
    public void Lengths_count_code_points()
    {
        Assert.Empty(Constraints.Check(new Guarded { Code = "𝒜𝒜𝒜" }));
        Assert.Single(Constraints.Check(new Guarded { Code = "𝒜𝒜𝒜𝒜" }));
    }
}
