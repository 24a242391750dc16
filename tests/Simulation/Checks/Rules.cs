using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Casement.Simulation.Tests.Checks;

/// <summary>
/// The rules of numbers and statuses, written down a second time from what is documented. Nothing of the product's own cores is
/// used here: a mistake there must not hide itself.
/// </summary>
internal static class Rules
{
    /// <summary>A percentage is rounded down; at least one node.</summary>
    public static int Concurrency(string text, int nodes) => Math.Max(1, Amount(text, nodes));

    /// <summary>A percentage is rounded down, also to none.</summary>
    public static int Errors(string text, int nodes) => Amount(text, nodes);

    /// <summary>The id that the command of an invocation must have, so that sending it twice is sending it once.</summary>
    public static string CommandIdOf(string invocationId)
    {
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes($"{invocationId}\0command\00"));
        hash[6] = (byte)((hash[6] % 16) + 64);
        hash[8] = (byte)((hash[8] % 64) + 128);
        var hex = Convert.ToHexStringLower(hash.AsSpan(0, 16));
        return $"{hex[..8]}-{hex[8..12]}-{hex[12..16]}-{hex[16..20]}-{hex[20..]}";
    }

    public static (string Status, string Details) Command(CommandSnap command)
    {
        var ended = command.Nodes.Where(n => n.Outcome is not null).ToList();
        if (ended.Count < command.Nodes.Count)
        {
            var received = command.Nodes.Any(n => n.AckedMs is not null || n.Outcome is NodeSnap.Success or NodeSnap.Failed or NodeSnap.ExecutionTimedOut);
            var status = command.CancelRequested ? "Cancelling" : received ? "InProgress" : "Pending";
            return (status, status);
        }

        var most = Errors(command.MaxErrors, command.Nodes.Count);
        var undelivered = ended.Count(n => n.Outcome == NodeSnap.DeliveryTimedOut);
        return true switch
        {
            _ when command.CancelRequested && ended.Any(n => n.Outcome == NodeSnap.Cancelled) => ("Cancelled", "Cancelled"),
            _ when ended.Count(n => n.IsError) > most => ("Failed", "Failed"),
            _ when ended.Count == 0 => ("Success", "NoInstancesInTag"),
            _ when ended.All(n => n.Outcome is 5 or 6 or 7) => ("Failed", "Failed"),
            _ when undelivered >= Math.Max(1, most) => ("TimedOut", "DeliveryTimedOut"),
            _ when undelivered > 0 => ("Failed", "Incomplete"),
            _ => ("Success", "Success"),
        };
    }

    /// <summary>The failures of an invocation that has ended, and of how many nodes.</summary>
    public static (int Failures, int Nodes) Toll(InvocationSnap invocation, Func<string, CommandSnap?> commands) => invocation switch
    {
        { Refused: true } => (1, 1),
        { Kind: 4 } when commands(invocation.CommandId!) is { } command => (command.Nodes.Count(n => n.IsError), command.Nodes.Count),
        _ => (0, 0),
    };

    /// <summary>Whether invocations before this ordinal have spent the task's budget of errors.</summary>
    public static bool IsSpent(TaskSnap task, int beforeOrdinal, Func<string, CommandSnap?> commands)
    {
        if (!task.Terms.HasTargets)
        {
            return false;
        }

        var tolls = task.Invocations.Where(i => i.Ordinal < beforeOrdinal).Select(i => Toll(i, commands)).ToList();
        return tolls.Sum(t => t.Failures) > Errors(task.Terms.MaxErrors, tolls.Sum(t => t.Nodes));
    }

    public static string Invocation(InvocationSnap invocation, Func<string, CommandSnap?> commands) => invocation.Kind switch
    {
        1 => "PENDING",
        2 => "IN_PROGRESS",
        3 => "FAILED",
        4 => Command(commands(invocation.CommandId!)!).Status switch
        {
            "Success" => "SUCCESS",
            "Cancelled" => "CANCELLED",
            "TimedOut" => "TIMED_OUT",
            _ => "FAILED",
        },
        _ => "TIMED_OUT",
    };

    /// <summary>The status of a task of an execution that has ended.</summary>
    public static string Task(ExecutionSnap execution, TaskSnap task, Func<string, CommandSnap?> commands)
    {
        if (task.StartMs is null)
        {
            return execution.CancelMs < execution.CutoffMs ? "CANCELLED" : "TIMED_OUT";
        }

        var invocations = task.Invocations;
        if (task.Terms.CancelsAtCutoff && invocations.Any(i => i.EndMs >= execution.CutoffMs))
        {
            return "TIMED_OUT";
        }

        if (IsSpent(task, int.MaxValue, commands) || (task.Terms.Type != "RUN_COMMAND" && invocations.Count > 0))
        {
            return "FAILED";
        }

        return Worst(invocations.Select(i => Invocation(i, commands)));
    }

    /// <summary>The status of an execution that was opened and whose tasks have ended so.</summary>
    public static string Execution(ExecutionSnap execution, IReadOnlyList<string> tasks) =>
        execution.CancelMs is not null && tasks.Contains("CANCELLED") ? "CANCELLED"
        : Worst(tasks) is var worst && worst == "CANCELLED" ? "SUCCESS" : worst;

    private static string Worst(IEnumerable<string> statuses)
    {
        var all = statuses.ToList();
        return all.Contains("FAILED") ? "FAILED" : all.Contains("TIMED_OUT") ? "TIMED_OUT" : all.Contains("CANCELLED") ? "CANCELLED" : "SUCCESS";
    }

    private static int Amount(string text, int nodes) => text.EndsWith('%')
        ? nodes * int.Parse(text[..^1], CultureInfo.InvariantCulture) / 100
        : int.Parse(text, CultureInfo.InvariantCulture);
}
