using System.Globalization;
using Casement.Agent.Posix;
using Casement.Agent.Supervision;

namespace Casement.Agent.Ledgers;

/// <summary>States of a command in the ledger, in their only order.</summary>
internal enum EntryState
{
    Received = 1,
    Started,
    Finished,
    Replied,
}

/// <summary>One command in the ledger. Each fact is a file; the state follows from which of them exist.</summary>
internal sealed record LedgerEntry(string CommandId, string Path, bool IsDone)
{
    internal const string ReceiptName = "receipt.json";
    internal const string PayloadName = "payload.json";

    private LedgerReceipt? _receipt;

    internal bool Exists => Directory.Exists(Path);

    internal LedgerReceipt Receipt => _receipt ??=
        DurableFile.Read(File(ReceiptName), AgentJson.Default.LedgerReceipt)
        ?? throw new InvalidDataException($"{Path} holds no {ReceiptName}.");

    internal EntryState State =>
        IsDone ? EntryState.Replied
        : System.IO.File.Exists(ResultPath) ? EntryState.Finished
        : Directory.Exists(StepsPath) ? EntryState.Started
        : EntryState.Received;

    /// <summary>Exists once the command was cancelled; supervisors watch for it.</summary>
    internal string CancelPath => File("cancel");

    internal bool IsCancelled => System.IO.File.Exists(CancelPath);

    private string ResultPath => File("result.json");

    private string StepsPath => File("steps");

    internal string ReadPayload() => System.IO.File.ReadAllText(File(PayloadName));

    internal CommandResult? ReadResult() => DurableFile.Read(ResultPath, AgentJson.Default.CommandResult);

    internal void WriteResult(CommandResult result) =>
        DurableFile.Write(ResultPath, result, AgentJson.Default.CommandResult);

    internal void Cancel()
    {
        if (!IsCancelled)
        {
            DurableFile.Write(CancelPath, []);
        }
    }

    internal StepRecord? ReadStep(int step) => DurableFile.Read(StepFile(step), AgentJson.Default.StepRecord);

    internal void WriteStep(int step, StepRecord record)
    {
        CreateDurably(StepPath(step));
        DurableFile.Write(StepFile(step), record, AgentJson.Default.StepRecord);
    }

    /// <summary>
    /// Runs of one part of a step, in order; a part has more than one only when its script asked for restarts of the
    /// machine.
    /// </summary>
    internal IReadOnlyList<RunDirectory> ReadRuns(int step, int part)
    {
        var runs = new List<RunDirectory>();
        for (var number = 1; ; number++)
        {
            var run = new RunDirectory(RunPath(step, part, number));
            if (!run.IsStarted)
            {
                return runs;
            }
            runs.Add(run);
        }
    }

    /// <summary>The folder of the next run, durable; nothing in it is started.</summary>
    internal RunDirectory CreateRun(int step, int part)
    {
        var path = RunPath(step, part, ReadRuns(step, part).Count + 1);
        CreateDurably(path);
        return new RunDirectory(path);
    }

    internal void DeleteBodies()
    {
        System.IO.File.Delete(File(PayloadName));
        if (Directory.Exists(StepsPath))
        {
            Directory.Delete(StepsPath, recursive: true);
        }
        DurableFile.SyncDirectory(Path);
    }

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);

    private string File(string name) => System.IO.Path.Combine(Path, name);

    private string StepPath(int step) => System.IO.Path.Combine(StepsPath, Number(step));

    private string StepFile(int step) => System.IO.Path.Combine(StepPath(step), "result.json");

    private string RunPath(int step, int part, int number) =>
        System.IO.Path.Combine(StepPath(step), Number(part), $"run-{Number(number)}");

    private void CreateDurably(string path)
    {
        Directory.CreateDirectory(path);
        for (var parent = System.IO.Path.GetDirectoryName(path)!; parent.Length >= Path.Length;
            parent = System.IO.Path.GetDirectoryName(parent)!)
        {
            DurableFile.SyncDirectory(parent);
        }
    }
}
