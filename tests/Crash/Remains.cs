using Casement.Executions;
using Casement.Storage;

namespace Casement.Crash.Tests;

/// <summary>What must be so whoever died wherever, read off the database and the file that the scripts wrote.</summary>
internal static class Remains
{
    private const string LostNote = "The node stopped while this command ran; it was not started again.";

    public static async Task Check(Stage stage)
    {
        string[] lines = File.Exists(stage.Runs) ? await File.ReadAllLinesAsync(stage.Runs) : [];
        using var database = Database.Open(new DatabaseOptions(Path.Combine(stage.Server.Data, "casement.db")));
        database.ReadConsistently(tx =>
        {
            Assert.Null(AuditTrail.FirstBroken(tx));
            Assert.All(stage.Acknowledged, id => Assert.Equal(1, tx.Count("SELECT count(*) FROM audit WHERE request_id=$1 AND decision='allow'", id)));
            Assert.All(stage.Denied, id => Assert.Equal(1, tx.Count("SELECT count(*) FROM audit WHERE request_id=$1 AND decision='deny'", id)));
            Assert.Empty(tx.All("SELECT name FROM windows GROUP BY name HAVING count(*)>1", r => r.Text(0)));
            Assert.Empty(tx.All("SELECT window_id FROM window_tasks GROUP BY window_id HAVING count(*)>1", r => r.Text(0)));
            Assert.Empty(tx.All("SELECT invocation_id FROM commands WHERE invocation_id IS NOT NULL GROUP BY invocation_id HAVING count(*)>1", r => r.Text(0)));
            Executions(stage, tx, lines);
            return true;
        });
    }

    private static void Executions(Stage stage, Tx tx, string[] lines)
    {
        var executions = tx.All("SELECT execution_id FROM executions ORDER BY execution_id", r => Storage.Executions.Load(tx, r.Text(0))!.State);
        Assert.NotEmpty(executions);
        Assert.Equal(stage.Losses, executions.Count(e => IsLost(tx, e)));
        foreach (var execution in executions)
        {
            Assert.True(execution.Status.IsFinal(), $"{execution.ExecutionId} is {execution.Status}");
            Assert.Equal(Statuses(StatusDerivation.Recompute(execution, id => Leaves(tx, id))), Statuses(execution));
            var ran = lines.Count(line => line == $"{execution.ExecutionId} {stage.Seed.Node}");
            var isLost = IsLost(tx, execution);
            Assert.True(
                isLost ? ran <= 1 && execution.Status == ExecutionStatus.Failed : ran == (execution.Tasks.IsEmpty ? 0 : 1),
                $"{execution.ExecutionId} ({execution.Status}, {execution.Details}) ran {ran} times, lost: {isLost}");
        }

        Assert.Equal(lines.Length, lines.Count(line => executions.Exists(e => line == $"{e.ExecutionId} {stage.Seed.Node}")));
        foreach (var command in tx.All("SELECT command_id FROM commands", r => Storage.Commands.Find(tx, r.Text(0))!))
        {
            var derived = StatusDerivation.Command(Leaves(tx, command.CommandId));
            Assert.Equal((derived.Status.ToWire(), derived.Details.ToWire(), true), (command.Status, command.Details, command.Final));
        }
    }

    private static bool IsLost(Tx tx, ExecutionState execution) =>
        execution.Tasks.SelectMany(t => t.Invocations).Any(i => i.CommandId is { } id && Lost(tx, id));

    private static bool Lost(Tx tx, string commandId) => tx.All(
        "SELECT plugins FROM command_outputs WHERE command_id=$1", r => System.Text.Encoding.UTF8.GetString(r.Bytes(0)), commandId)
        .Exists(stored => stored.Contains(LostNote, StringComparison.Ordinal));

    private static CommandLeaves Leaves(Tx tx, string commandId)
    {
        var progress = Storage.Commands.Find(tx, commandId)!.Progress;
        var outcomes = tx.All("SELECT outcome FROM command_invocations WHERE command_id=$1 ORDER BY ordinal", r => (CommandInvocationOutcome)r.Int(0), commandId);
        return new CommandLeaves(progress.CancelRequested, progress.MaxErrors, [.. outcomes]);
    }

    // everything of an execution that is derived, as text
    private static string Statuses(ExecutionState state) => string.Join('\n', new[] { $"{state.Status}: {state.Details}" }
        .Concat(state.Tasks.Select(t => $"{t.TaskExecutionId} {t.Status}: {t.Details} ({t.Stop})"))
        .Concat(state.Tasks.SelectMany(t => t.Invocations).Select(i => $"{i.InvocationId} {i.Status}: {i.Details}")));
}
