using Casement.Simulation.Tests.Machinery;

namespace Casement.Simulation.Tests.Checks;

/// <summary>What must hold of a command at each commit that touched it.</summary>
internal static class CommandChecks
{
    public static void Check(CommandSnap? before, CommandSnap after)
    {
        var id = after.Id;
        Violation.Unless(before is null or { Final: false } || Same(before, after), "terminal statuses never change", $"command {id}: {before} became {after}");
        foreach (var node in after.Nodes)
        {
            var was = before?.Nodes.FirstOrDefault(n => n.NodeId == node.NodeId);
            Violation.Unless(
                was?.Outcome is null || was == node, "terminal statuses never change", $"command {id} on {node.NodeId}: {was} became {node}");
            var sentNow = node.SentMs is not null && was is not null && was.SentMs is null;
            Violation.Unless(
                !sentNow || !IsSpent(before!), "nothing starts after the error budget is spent", $"command {id} was sent to {node.NodeId} after {before!.Errors} errors");
            Violation.Unless(
                !sentNow || !before!.CancelRequested, "nothing starts after a cancellation", $"command {id} was sent to {node.NodeId} though it was cancelled");
        }

        var most = Rules.Concurrency(after.MaxConcurrency, after.Nodes.Count);
        var inFlight = after.Nodes.Count(n => n.InFlight);
        Violation.Unless(inFlight <= most, "never more than MaxConcurrency", $"command {id} is on {inFlight} nodes, allowed are {most} ({after.MaxConcurrency} of {after.Nodes.Count})");
        Violation.Unless(
            !IsSpent(after) || after.Nodes.All(n => n.SentMs is not null || n.Outcome is not null), "nothing starts after the error budget is spent",
            $"command {id} still means to send after {after.Errors} errors ({after.MaxErrors} of {after.Nodes.Count})");
        Violation.Unless(
            after.Nodes.All(n => n.Outcome is not null == (n.EndMs is not null) && (!n.InFlight || n.DeadlineMs is not null)), "every command ends",
            $"command {id}: a node has no deadline, or an end without an instant");
        Counts(after);
        var derived = Rules.Command(after);
        Violation.Unless(derived == (after.Status, after.Details), "statuses follow from results", $"command {id} says {after.Status}/{after.Details}, its nodes say {derived}");
    }

    private static void Counts(CommandSnap after)
    {
        var counted = (
            after.Nodes.Count, after.Nodes.Count(n => n.Outcome is not null), after.Nodes.Count(n => n.IsError),
            after.Nodes.Count(n => n.Outcome == NodeSnap.DeliveryTimedOut), after.Nodes.All(n => n.Outcome is not null));
        var said = (after.Targets, after.Completed, after.Errors, after.NotDelivered, after.Final);
        Violation.Unless(counted == said, "counts are consistent", $"command {after.Id} says {said}, its nodes say {counted}");
    }

    private static bool IsSpent(CommandSnap command) => command.Nodes.Count(n => n.IsError) > Rules.Errors(command.MaxErrors, command.Nodes.Count);

    private static bool Same(CommandSnap before, CommandSnap after) => before == after with { Nodes = before.Nodes };
}
