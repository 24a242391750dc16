using Casement.Aws.Nodes;
using Casement.Executions;

namespace Casement.Server.Ssm.Commands;

/// <summary>The status of one step of a document on one node.</summary>
internal static class StepStatus
{
    /// <summary>A document's only step fares as the command does there; of several each has what was reported of it.</summary>
    public static (string Status, string Details) Of(PluginResult? result, CommandInvocationStatusPair invocation, bool single)
    {
        if (single || result?.Status is null)
        {
            return (invocation.Status.ToWire(), invocation.Details.ToWire());
        }

        return result.Status switch
        {
            ReplyStatus.Success or ReplyStatus.Skipped => ("Success", "Success"),
            ReplyStatus.TimedOut => ("TimedOut", "ExecutionTimedOut"),
            ReplyStatus.Cancelled => ("Cancelled", "Cancelled"),
            ReplyStatus.Failed => ("Failed", "Failed"),
            _ => ("InProgress", "InProgress"),
        };
    }
}
