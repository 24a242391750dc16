using Casement.Cli.Calls;
using Casement.Cli.Servers;
using Casement.Cli.Terminals;

namespace Casement.Cli.Demo;

/// <summary>How the demo ended.</summary>
internal sealed record DemoOutcome(DemoAnswer Answer, int ExitCode);

/// <summary>The demo through the public port: four tasks of set-up, then a window that opens and runs a script.</summary>
internal sealed class DemoRun(Ready ready, ServerClient admin, DemoStage stage, string nodeId)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    internal async Task<DemoOutcome> Run(CancellationToken stop)
    {
        var cast = await new DemoPermissions(ready, new DemoCaller(admin, stage), stage).SetUp(stop);
        using var operatorClient = new ServerClient(ready.Address, cast.Operator, Patience, stage.Time);
        using var observerClient = new ServerClient(ready.Address, cast.Observer, Patience, stage.Time);
        var window = new DemoWindow(new DemoCaller(operatorClient, stage), stage, nodeId);

        stage.Heading("As operator: a window that opens in a few seconds, with this machine as its target.");
        await window.AwaitNode(stop);
        var task = await window.Prepare(cast.RoleArn, stop);

        stage.Heading("As observer: the same registration.");
        var refusal = await Refused(new DemoCaller(observerClient, stage), task, stop);

        stage.Heading("As operator: the window opens, and its task runs.");
        var run = await window.Follow(task.WindowId, stop);
        var good = run.Status == "SUCCESS" && refusal is not null;
        stage.Heading(good
            ? "The demo succeeded: the window opened by itself, and its script ran under the role of task 2."
            : $"The demo failed: the run ended as {run.Status}{(refusal is null ? ", and the observer was not refused" : "")}.");
        return new DemoOutcome(
            new DemoAnswer(task.WindowId, run.ExecutionId, run.Status, nodeId, run.Output, refusal),
            good ? ExitCodes.Done : ExitCodes.No);
    }

    /// <returns>The refusal's text, or null when there was none.</returns>
    private async Task<string?> Refused(DemoCaller observer, RegisterTaskRequest task, CancellationToken stop)
    {
        try
        {
            await observer.Ssm(
                "RegisterTaskWithMaintenanceWindow", task, WireJson.Plain.RegisterTaskRequest, WireJson.Plain.RegisterTaskReply, stop);
            stage.Fact(Tone.Bad, "Accepted, though it should have been refused.");
            return null;
        }
        catch (RefusalException refusal) when (refusal.Code == "AccessDeniedException")
        {
            stage.Fact(Tone.Done, $"Refused, as it should be. {refusal.Code}: {refusal.Message}");
            return refusal.Message;
        }
    }
}
