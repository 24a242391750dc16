using System.Globalization;
using System.Text.Json;
using Casement.Clients.Tests.Nodes;

namespace Casement.Clients.Tests.Windows;

/// <summary>What a window task is registered with, beside what it runs.</summary>
internal sealed record TaskTerms
{
    public required string Role { get; init; }

    public int Priority { get; init; }

    public string Concurrency { get; init; } = "1";

    public string Errors { get; init; } = "0";

    public string? Behavior { get; init; }

    /// <summary>Seconds; a day by default, so that a moved clock leaves running scripts alone.</summary>
    public string Timeout { get; init; } = "86400";

    public string? Name { get; init; }
}

/// <summary>A window's definition and the history of its runs, in a test's words.</summary>
internal static class WindowCalls
{
    public const string Trust =
        """{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"ssm.amazonaws.com"},"Action":"sts:AssumeRole"}]}""";

    private static readonly string[] Final = ["SUCCESS", "FAILED", "TIMED_OUT", "CANCELLED", "SKIPPED_OVERLAPPING"];

    /// <summary>A role that Systems Manager may use, for these actions on everything.</summary>
    public static async Task<string> Role(this Api api, string name, params string[] actions)
    {
        var made = await api.Iam("CreateRole", ("RoleName", name), ("AssumeRolePolicyDocument", Trust));
        var policy = JsonSerializer.Serialize(new
        {
            Version = "2012-10-17",
            Statement = new[] { new { Effect = "Allow", Action = actions, Resource = "*" } },
        });
        await api.Iam("PutRolePolicy", ("RoleName", name), ("PolicyName", "work"), ("PolicyDocument", policy));
        return made.Element("Arn");
    }

    public static async Task<string> Window(this Api api, string name, string schedule, int duration = 2, int cutoff = 1, string? zone = null) =>
        (await api.Ssm("CreateMaintenanceWindow", new
        {
            Name = name, Schedule = schedule, ScheduleTimezone = zone, Duration = duration, Cutoff = cutoff, AllowUnassociatedTargets = true,
        })).Text("WindowId");

    public static async Task<string> Target(this Api api, string window, string key, params string[] values) =>
        (await api.Ssm("RegisterTargetWithMaintenanceWindow", new
        {
            WindowId = window, ResourceType = "INSTANCE", Targets = new[] { new { Key = key, Values = values } },
        })).Text("WindowTargetId");

    /// <summary>A task that runs this script on registered targets or, when the key is InstanceIds, on nodes.</summary>
    public static async Task<string> Task(this Api api, string window, TaskTerms terms, string script, string key, params string[] values) =>
        (await api.Ssm("RegisterTaskWithMaintenanceWindow", new
        {
            WindowId = window,
            TaskType = "RUN_COMMAND",
            TaskArn = "AWS-RunShellScript",
            ServiceRoleArn = terms.Role,
            terms.Name,
            terms.Priority,
            MaxConcurrency = terms.Concurrency,
            MaxErrors = terms.Errors,
            CutoffBehavior = terms.Behavior,
            Targets = new[] { new { Key = key, Values = values } },
            TaskInvocationParameters = new
            {
                RunCommand = new { Parameters = new { commands = new[] { script }, executionTimeout = new[] { terms.Timeout } } },
            },
        })).Text("WindowTaskId");

    public static async Task<List<JsonElement>> Executions(this Api api, string window) =>
        (await api.Ssm("DescribeMaintenanceWindowExecutions", new { WindowId = window })).List("WindowExecutions");

    public static async Task<List<JsonElement>> TasksOf(this Api api, string execution) =>
        (await api.Ssm("DescribeMaintenanceWindowExecutionTasks", new { WindowExecutionId = execution })).List("WindowExecutionTaskIdentities");

    public static async Task<List<JsonElement>> InvocationsOf(this Api api, string execution, JsonElement task) =>
        (await api.Ssm("DescribeMaintenanceWindowExecutionTaskInvocations", new { WindowExecutionId = execution, TaskId = task.Text("TaskExecutionId") }))
        .List("WindowExecutionTaskInvocationIdentities");

    /// <summary>The window's only execution once it has this status.</summary>
    public static async Task<JsonElement> Run(this Api api, string window, params string[] statuses)
    {
        var wanted = statuses.Length > 0 ? statuses : Final;
        return (await Eventually.Is(
            async () => (await api.Executions(window)).SingleOrDefault(),
            seen => seen.ValueKind == JsonValueKind.Object && wanted.Contains(seen.Text("Status"))));
    }

    /// <summary>The window's only execution and the only invocation of its only task, once all is over.</summary>
    public static async Task<(JsonElement Execution, JsonElement Invocation)> OnlyInvocation(this Api api, string window)
    {
        var execution = await api.Run(window);
        var task = Assert.Single(await api.TasksOf(execution.Text("WindowExecutionId")));
        return (execution, Assert.Single(await api.InvocationsOf(execution.Text("WindowExecutionId"), task)));
    }

    /// <summary>A window for tests on the real clock: it opens only once <see cref="OpenSoon"/> says so, when all is registered.</summary>
    public static Task<string> IdleWindow(this Api api, string name) => api.Window(name, "cron(0 4 1 1 ? 2099)");

    /// <returns>The instant at which it will open.</returns>
    public static async Task<DateTimeOffset> OpenSoon(this Api api, string window)
    {
        var instant = Soon(1);
        await api.Ssm("UpdateMaintenanceWindow", new { WindowId = window, Schedule = At(instant) });
        return instant;
    }

    /// <summary>A script that notes its start, waits until the test lets it go on, and notes its end.</summary>
    public static string Gated(string path) =>
        $"echo start >> {path}.log; n=0; while [ ! -e {path}.go ] && [ $n -lt 600 ]; do sleep 0.1; n=$((n+1)); done; echo end >> {path}.log";

    public static Task HasStarted(string path) => Eventually.Exists($"{path}.log");

    public static void LetGo(string path) => File.WriteAllText($"{path}.go", "");

    /// <summary><c>at(…)</c> for an instant, to the second.</summary>
    public static string At(DateTimeOffset instant) =>
        $"at({instant.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss", CultureInfo.InvariantCulture)})";

    /// <summary>The next whole second that is this far away at least.</summary>
    public static DateTimeOffset Soon(double seconds)
    {
        var instant = TimeProvider.System.GetUtcNow() + TimeSpan.FromSeconds(seconds);
        return instant.AddTicks(TimeSpan.TicksPerSecond - (instant.Ticks % TimeSpan.TicksPerSecond));
    }
}
