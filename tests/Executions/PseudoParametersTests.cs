namespace Casement.Executions.Tests;

public sealed class PseudoParametersTests
{
    private static readonly PseudoParameters Full = new()
    {
        WindowId = "mw-1",
        WindowTaskId = "task",
        WindowExecutionId = "execution",
        TaskExecutionId = "task execution",
        InvocationId = "{{WINDOW_ID}}",
        WindowTargetId = "target",
        TargetType = "INSTANCE",
        TargetId = "mi-1",
        ResourceId = "mi-1",
    };

    [Theory]
    [InlineData("{{WINDOW_ID}}", "mw-1")]
    [InlineData("{{ WINDOW_ID }}", "mw-1")]
    [InlineData("{{   WINDOW_ID}}", "mw-1")]
    [InlineData("{{WINDOW_ID}}.Task-{{WINDOW_TASK_ID}}", "mw-1.Task-task")]
    [InlineData("{{WINDOW_EXECUTION_ID}}/{{TASK_EXECUTION_ID}}", "execution/task execution")]
    [InlineData("{{WINDOW_TARGET_ID}} {{TARGET_TYPE}}", "target INSTANCE")]
    [InlineData("{{TARGET_ID}} {{RESOURCE_ID}}", "mi-1 mi-1")]
    [InlineData("{{INVOCATION_ID}}", "{{WINDOW_ID}}")]
    [InlineData("{{WINDOW_{{WINDOW_ID}}ID}}", "{{WINDOW_mw-1ID}}")]
    [InlineData("{{{WINDOW_ID}}}", "{mw-1}")]
    [InlineData("{{window_id}}", "{{window_id}}")]
    [InlineData("{{\tWINDOW_ID}}", "{{\tWINDOW_ID}}")]
    [InlineData("{{WINDOW ID}}", "{{WINDOW ID}}")]
    [InlineData("docker ps --format '{{.Names}}' {{WINDOW_ID}}", "docker ps --format '{{.Names}}' mw-1")]
    [InlineData("{{ssm:Level}}", "{{ssm:Level}}")]
    [InlineData("{{}} {{ }} {{", "{{}} {{ }} {{")]
    [InlineData("a {{WINDOW_ID", "a {{WINDOW_ID")]
    [InlineData("{WINDOW_ID} }}{{WINDOW_ID}}", "{WINDOW_ID} }}mw-1")]
    [InlineData("", "")]
    public void Names_in_double_braces_are_replaced_once_and_the_rest_stays(string text, string expected) =>
        Assert.Equal(expected, Full.Substitute(text, TaskType.Lambda));

    [Theory]
    [InlineData("{{TARGET_ID}} {{ RESOURCE_ID }} {{TARGET_TYPE}}", "{{TARGET_ID}} {{ RESOURCE_ID }} INSTANCE")]
    public void A_command_goes_to_many_nodes_and_so_has_no_target_id(string text, string expected) =>
        Assert.Equal(expected, Full.Substitute(text, TaskType.RunCommand));

    [Fact]
    public void Without_targets_their_names_are_empty() =>
        Assert.Equal("[][][][]",
            (Full with { WindowTargetId = null, TargetType = null, TargetId = null, ResourceId = null }).Substitute(
                "[{{WINDOW_TARGET_ID}}][{{TARGET_TYPE}}][{{TARGET_ID}}][{{RESOURCE_ID}}]", TaskType.Automation));
}
