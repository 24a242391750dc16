using Casement.Server.Operations;

namespace Casement.Server.Ssm.Windows;

/// <summary>The operations of maintenance windows.</summary>
public static class WindowOperations
{
    public static IReadOnlyList<Operation> All { get; } =
    [
        new CreateMaintenanceWindow(),
        new UpdateMaintenanceWindow(),
        new DeleteMaintenanceWindow(),
        new GetMaintenanceWindow(),
        new DescribeMaintenanceWindows(),
        new RegisterTargetWithMaintenanceWindow(),
        new UpdateMaintenanceWindowTarget(),
        new DeregisterTargetFromMaintenanceWindow(),
        new DescribeMaintenanceWindowTargets(),
        new RegisterTaskWithMaintenanceWindow(),
        new UpdateMaintenanceWindowTask(),
        new DeregisterTaskFromMaintenanceWindow(),
        new GetMaintenanceWindowTask(),
        new DescribeMaintenanceWindowTasks(),
        new DescribeMaintenanceWindowSchedule(),
        new DescribeMaintenanceWindowsForTarget(),
        new DescribeMaintenanceWindowExecutions(),
        new DescribeMaintenanceWindowExecutionTasks(),
        new DescribeMaintenanceWindowExecutionTaskInvocations(),
        new GetMaintenanceWindowExecution(),
        new GetMaintenanceWindowExecutionTask(),
        new GetMaintenanceWindowExecutionTaskInvocation(),
        new CancelMaintenanceWindowExecution(),
    ];
}
