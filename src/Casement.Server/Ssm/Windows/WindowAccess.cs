using Casement.Server.Operations;
using Casement.Storage;

namespace Casement.Server.Ssm.Windows;

/// <summary>The permissions on windows, their targets and their tasks, with the window's tags as condition keys.</summary>
internal static class WindowAccess
{
    public static Access To(string action, string? windowId, Call call) => new(action, WindowRules.Arn(call.Scope, windowId))
    {
        ResourceTags = windowId is null ? [] : call.Read(tx => Storage.Tags.Of(tx, call.Scope, Storage.Windows.TagKind, windowId)),
    };

    /// <summary>Two resources are required: the window and the target.</summary>
    public static IEnumerable<Access> ToTarget(string action, string? windowId, string? targetId, Call call) =>
        [To(action, windowId, call), Part(action, "windowtarget", targetId, call.Scope)];

    /// <summary>Two resources are required: the window and the task.</summary>
    public static IEnumerable<Access> ToTask(string action, string? windowId, string? taskId, Call call) =>
        [To(action, windowId, call), Part(action, "windowtask", taskId, call.Scope)];

    /// <summary>The window of an execution, which the request names only by the execution's id; the region when there is none.</summary>
    public static Access ToExecution(string action, string? executionId, Call call) => To(
        action, executionId is null ? null : call.Read(tx => ExecutionHistory.Find(tx, call.Scope, executionId))?.WindowId, call);

    private static Access Part(string action, string type, string? id, Scope scope) =>
        new(action, id is { Length: > 0 } ? $"arn:aws:ssm:{scope.Region}:{scope.Account}:{type}/{id}" : Access.AnyOf(scope));
}
