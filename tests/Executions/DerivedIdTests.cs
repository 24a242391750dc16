namespace Casement.Executions.Tests;

public sealed class DerivedIdTests
{
    private const string Parent = "7c9e6679-7425-40de-944b-e07fc1f90ae7";

    private static readonly string[] Parents = ["a", "a1", "b"];

    [Theory]
    [InlineData(Parent, ChildKind.TaskExecution, 0, "7e27b676-b267-49f2-930e-2eaa75420ae4")]
    [InlineData(Parent, ChildKind.Invocation, 10, "ca2c555c-880b-429d-b132-59ad73b679c5")]
    [InlineData("x", ChildKind.Command, int.MaxValue, "fb5ca52e-2ab3-4c94-9995-c6a0afc58d71")]
    public void It_is_what_another_implementation_of_the_rule_computes(
        string parent, ChildKind kind, int ordinal, string expected) =>
        Assert.Equal(expected, DerivedId.For(parent, kind, ordinal));

    [Fact]
    public void Different_children_have_different_ids_of_version_4()
    {
        var ids = from parent in Parents
                  from kind in Enum.GetValues<ChildKind>()
                  from ordinal in Enumerable.Range(0, 200)
                  select DerivedId.For(parent, kind, ordinal);

        var all = ids.ToList();
        Assert.Equal(3 * 3 * 200, all.Distinct().Count());
        Assert.All(all, id => Assert.Matches(
            "\\A[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}\\z", id));
    }
}
