using System.Text.Json;
using Casement.Aws.Nodes;
using Casement.Executions;
using Casement.Storage;
using NodaTime;

namespace Casement.Server.Ssm.Commands;

/// <summary>
/// A command within one unit of work: what happened goes through the state machine, and what the machine answers becomes rows,
/// messages and bells of the same commit. Nothing else writes a command's progress.
/// </summary>
internal sealed class CommandUnit
{
    /// <summary>How long a cancelled node may take to say so; then the server says it.</summary>
    public const long CancelGraceMs = 60_000;

    private readonly Tx _tx;
    private readonly Backstage _backstage;
    private readonly long _nowMs;
    private CommandProgress _progress;
    private CommandStatusPair _status;

    private CommandUnit(Tx tx, Backstage backstage, CommandRow row, long nowMs)
    {
        _tx = tx;
        _backstage = backstage;
        _nowMs = nowMs;
        Row = row;
        _progress = row.Progress;
        _status = CommandMachine.StatusOf(row.Progress);
    }

    public CommandRow Row { get; }

    /// <summary>An existing command; null when there is none of that id.</summary>
    public static CommandUnit? Open(Tx tx, Backstage backstage, string commandId, long nowMs) =>
        Storage.Commands.Find(tx, commandId) is { } row ? new CommandUnit(tx, backstage, row, nowMs) : null;

    /// <summary>
    /// A new command with its invocations and the messages of the first step of its ramp. Nodes with an outcome end at once.
    /// </summary>
    /// <returns>Null when a command of that id is there already.</returns>
    public static CommandUnit? Create(
        Tx tx, Backstage backstage, CommandRow row, IReadOnlyList<(string NodeId, CommandInvocationOutcome? Ended)> nodes, long nowMs)
    {
        if (!Storage.Commands.TryInsert(tx, row))
        {
            return null;
        }

        for (var i = 0; i < nodes.Count; i++)
        {
            var ended = nodes[i].Ended;
            CommandInvocations.Insert(tx, new CommandInvocationRow(
                row.CommandId, nodes[i].NodeId, i, ended, null, null, null, null, ended is null ? null : nowMs, null));
        }

        var unit = new CommandUnit(tx, backstage, row, nowMs);
        foreach (var group in nodes.Where(n => n.Ended is not null).GroupBy(n => n.Ended!.Value))
        {
            unit.Advance(new CommandChange.Ended(CommandStage.Unsent, group.Key, group.Count()));
        }

        unit.Advance(new CommandChange.Created());
        unit.Save();
        return unit;
    }

    /// <summary>The node has it; once only, and not after the end.</summary>
    public void Acknowledge(CommandInvocationRow invocation)
    {
        if (invocation.Outcome is not null || invocation.Stage != CommandStage.Unacknowledged)
        {
            return;
        }

        // a cancelled node keeps the shorter time in which to say so
        var deadline = Deadline(invocation with { AckedMs = _nowMs });
        deadline = invocation.CancelMs is null ? deadline : Math.Min(deadline, invocation.DeadlineMs ?? deadline);
        CommandInvocations.SetAcked(_tx, invocation, _nowMs, deadline);
        Storage.Mailbox.Acknowledge(_tx, MessageId(invocation), _nowMs);
        RingClock(deadline);
        Advance(new CommandChange.Acknowledged());
    }

    /// <summary>It has ended on the node, or the server gives it up there. An end is never changed.</summary>
    public void End(CommandInvocationRow invocation, CommandInvocationOutcome outcome)
    {
        if (invocation.Outcome is not null)
        {
            return;
        }

        CommandInvocations.SetOutcome(_tx, invocation.CommandId, invocation.NodeId, outcome, _nowMs);
        Storage.Mailbox.RemoveAll(_tx, invocation.NodeId, invocation.CommandId);

        // the node may hold one more now
        var node = invocation.NodeId;
        _tx.AfterCommit(() => _backstage.NodeBells.Ring(node));
        Advance(new CommandChange.Ended(invocation.Stage, outcome));
    }

    /// <summary>Cancels the command on all nodes: where it waits it ends, where it may run the node is told.</summary>
    public void CancelAll()
    {
        if (_progress.IsFinal || _progress.CancelRequested)
        {
            return;
        }

        var inFlight = CommandInvocations.InFlight(_tx, Row.CommandId);
        Advance(new CommandChange.CancelRequested());
        inFlight.ForEach(Cancel);
    }

    /// <summary>Cancels the command on one node.</summary>
    public void Cancel(CommandInvocationRow invocation)
    {
        if (invocation.Outcome is not null || invocation.CancelMs is not null)
        {
            return;
        }

        if (invocation.Stage == CommandStage.Unsent ||
            (invocation.Stage == CommandStage.Unacknowledged && Storage.Mailbox.WasHandedOut(_tx, MessageId(invocation)) != true))
        {
            End(invocation, CommandInvocationOutcome.Cancelled);
            return;
        }

        var deadline = Math.Min(invocation.DeadlineMs ?? long.MaxValue, _nowMs + CancelGraceMs);
        CommandInvocations.SetCancelled(_tx, invocation, _nowMs, deadline);
        var payload = JsonSerializer.Serialize(new CancelCommandPayload(MessageId(invocation)), NodeJson.Wire.CancelCommandPayload);
        Storage.Mailbox.PutCancel(
            _tx, invocation.NodeId, new CommandMessageId(Ids.Uuid(), invocation.NodeId).ToString(), invocation.CommandId, payload, _nowMs);
        var node = invocation.NodeId;
        _tx.AfterCommit(() => _backstage.NodeBells.Ring(node));
        RingClock(deadline);
    }

    /// <summary>The deadline of an invocation has come.</summary>
    public void Expire(CommandInvocationRow invocation)
    {
        var outcome = invocation.CancelMs is not null
            ? CommandInvocationOutcome.Cancelled
            : CommandClocks.DeadlineOf(invocation.Facts, DeliveryTimeout, ExecutionTimeout)?.Outcome;
        if (outcome is { } ended)
        {
            End(invocation, ended);
        }
    }

    /// <summary>Writes the command's row, and wakes the execution when the command has just become final.</summary>
    public void Save()
    {
        Storage.Commands.Update(_tx, Row with
        {
            Progress = _progress,
            Status = _status.Status.ToWire(),
            Details = _status.Details.ToWire(),
            Final = _progress.IsFinal,
        });
        if (!_progress.IsFinal || Row.Final || Row.InvocationId is not { } invocationId)
        {
            return;
        }

        if (Storage.Commands.WakeExecution(_tx, invocationId, _nowMs) is { } executionId)
        {
            var scope = Row.Scope;
            _tx.AfterCommit(() => _backstage.Bells.ExecutionChanged(scope, executionId));
        }
    }

    private Duration DeliveryTimeout => Duration.FromSeconds(Row.Terms.TimeoutSeconds);

    private Duration ExecutionTimeout => Duration.FromSeconds(Row.Terms.ExecutionSeconds);

    private void Advance(CommandChange change)
    {
        var advance = CommandMachine.Advance(_progress, change);
        _progress = advance.Next;
        _status = advance.Status;
        if (advance.UnsentEnd is { } outcome)
        {
            CommandInvocations.EndUnsent(_tx, Row.CommandId, outcome, _nowMs);
        }

        if (advance.Send > 0)
        {
            CommandInvocations.Unsent(_tx, Row.CommandId, advance.Send).ForEach(Send);
        }
    }

    private void Send(CommandInvocationRow invocation)
    {
        var deadline = Deadline(invocation with { SentMs = _nowMs });
        CommandInvocations.SetSent(_tx, invocation, _nowMs, deadline);
        Storage.Mailbox.PutCommand(_tx, invocation.NodeId, MessageId(invocation), invocation.CommandId, _nowMs);
        _tx.AfterCommit(() => _backstage.NodeBells.Ring(invocation.NodeId));
        RingClock(deadline);
    }

    private long Deadline(CommandInvocationRow invocation) =>
        CommandClocks.DeadlineOf(invocation.Facts, DeliveryTimeout, ExecutionTimeout)!.At.ToUnixTimeMilliseconds();

    private void RingClock(long deadlineMs) => _tx.AfterCommit(() => _backstage.Bells.CommandDue(deadlineMs));

    private static string MessageId(CommandInvocationRow invocation) => new CommandMessageId(invocation.CommandId, invocation.NodeId).ToString();
}
