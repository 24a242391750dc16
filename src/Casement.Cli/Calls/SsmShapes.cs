using System.Text.Json.Serialization;

namespace Casement.Cli.Calls;

// Members are named as on the wire; those not sent stay absent.
internal sealed record CreateActivationRequest(string IamRole, string DefaultInstanceName, int RegistrationLimit);

internal sealed record CreateActivationReply(string? ActivationId, string? ActivationCode);

internal sealed record NodeFilter(string Key, IReadOnlyList<string> Values);

internal sealed record DescribeNodesRequest(IReadOnlyList<NodeFilter>? Filters = null, int? MaxResults = null, string? NextToken = null);

internal sealed record DescribeNodesReply(IReadOnlyList<NodeInformation>? InstanceInformationList, string? NextToken);

/// <param name="LastPingDateTime">Seconds since 1970, with fractions.</param>
/// <param name="RegistrationDate">Seconds since 1970, with fractions.</param>
internal sealed record NodeInformation(
    string? InstanceId, string? Name, string? ComputerName, string? PingStatus, double? LastPingDateTime, string? PlatformName,
    string? PlatformVersion, string? AgentVersion, [property: JsonPropertyName("IPAddress")] string? Address, string? IamRole,
    string? ActivationId, double? RegistrationDate);

internal sealed record DeregisterNodeRequest(string InstanceId);

internal sealed record EmptyReply;

internal sealed record WindowFilter(string Key, IReadOnlyList<string> Values);

internal sealed record DescribeWindowsRequest(IReadOnlyList<WindowFilter> Filters);

internal sealed record DescribeWindowsReply(IReadOnlyList<WindowIdentity>? WindowIdentities);

internal sealed record WindowIdentity(string WindowId);

internal sealed record DeleteWindowRequest(string WindowId);

/// <param name="Duration">Hours.</param>
/// <param name="Cutoff">Hours.</param>
internal sealed record CreateWindowRequest(
    string Name, string Description, string Schedule, string ScheduleTimezone, int Duration, int Cutoff, bool AllowUnassociatedTargets);

internal sealed record CreateWindowReply(string? WindowId);

internal sealed record Target(string Key, IReadOnlyList<string> Values);

internal sealed record RegisterTargetRequest(string WindowId, string ResourceType, IReadOnlyList<Target> Targets, string Name);

internal sealed record RegisterTargetReply(string? WindowTargetId);

internal sealed record RegisterTaskRequest(
    string WindowId, IReadOnlyList<Target> Targets, string TaskArn, string ServiceRoleArn, string TaskType,
    TaskInvocationParameters TaskInvocationParameters, int Priority, string MaxConcurrency, string MaxErrors, string Name);

internal sealed record TaskInvocationParameters(RunCommandParameters RunCommand);

internal sealed record RunCommandParameters(IReadOnlyDictionary<string, IReadOnlyList<string>> Parameters, int TimeoutSeconds);

internal sealed record RegisterTaskReply(string? WindowTaskId);

internal sealed record DescribeExecutionsRequest(string WindowId);

internal sealed record DescribeExecutionsReply(IReadOnlyList<WindowExecution>? WindowExecutions);

internal sealed record WindowExecution(string WindowExecutionId, string? Status, string? StatusDetails, double? StartTime);

internal sealed record DescribeExecutionTasksRequest(string WindowExecutionId);

internal sealed record DescribeExecutionTasksReply(IReadOnlyList<TaskExecution>? WindowExecutionTaskIdentities);

internal sealed record TaskExecution(string TaskExecutionId, string? Status, string? StatusDetails, string? TaskArn);

internal sealed record DescribeInvocationsRequest(string WindowExecutionId, string TaskId);

internal sealed record DescribeInvocationsReply(IReadOnlyList<TaskInvocation>? WindowExecutionTaskInvocationIdentities);

/// <param name="ExecutionId">The command's id.</param>
internal sealed record TaskInvocation(string InvocationId, string? ExecutionId, string? Status, string? StatusDetails);

internal sealed record GetCommandInvocationRequest(string CommandId, string InstanceId);

internal sealed record GetCommandInvocationReply(
    string? Status, string? StatusDetails, int? ResponseCode, string? StandardOutputContent, string? StandardErrorContent);

internal sealed record MoveClockRequest([property: JsonPropertyName("advance")] string Advance);

internal sealed record MoveClockReply([property: JsonPropertyName("now")] string? Now);
