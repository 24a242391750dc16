using System.Diagnostics;
using System.Text;
using System.Buffers;
using Casement.Aws;
using Casement.Aws.Wire;
using Casement.Executions;
using Casement.Server.Iam;
using Casement.Server.Operations;
using Casement.Server.Ssm.Commands;
using Casement.Server.Ssm.Windows;
using Casement.Storage;
using Effect = Casement.Executions.Effect;

namespace Casement.Server.Engine;

/// <summary>
/// Performs what an execution decided, as the task's role and through the same operations that clients call. What they refuse
/// becomes a fact of the invocation. The role and its policies are looked up now, not at the opening.
/// </summary>
internal sealed class EffectPerformer(Backstage backstage, Scope scope, string executionId)
{
    private const string SessionName = "OrchestrationService";
    private const string Service = "ssm.amazonaws.com";

    public Task Perform(Effect effect) => effect switch
    {
        Effect.StartInvocation start => Start(start),
        Effect.CancelCommand cancel => Cancel(cancel),
        _ => throw new UnreachableException(),
    };

    private async Task Start(Effect.StartInvocation start)
    {
        var stored = backstage.Database.ReadConsistently(tx => Storage.Executions.Load(tx, executionId));
        if (stored?.State.Tasks.FirstOrDefault(t => t.TaskExecutionId == start.TaskExecutionId) is not { } task)
        {
            return;
        }

        var definition = stored.Tasks[start.TaskExecutionId];
        var request = CommandOrder.Of(stored, task, definition, start);
        var order = new WindowOrder(start.CommandId, start.InvocationId, tx => Admit(tx, start, request));
        try
        {
            var session = Assume(definition.ServiceRoleArn, stored.State.WindowId);
            CrashPoint.Pass(CrashPoint.InvocationBeforeSend);
            await SendCommand.SendFor(backstage, scope, session, request, order);
            CrashPoint.Pass(CrashPoint.InvocationSent);
        }
        catch (AwsException e) when (e.Status < 500)
        {
            var details = Details(e);
            await Update(state => state.WithInvocationRefused(start.InvocationId, details, backstage.Clock.Now), start.InvocationId, request);
        }
    }

    // inside SendCommand's own unit of work: command, messages and the invocation's start are one commit
    private bool Admit(Tx tx, Effect.StartInvocation start, SendCommand.Request request)
    {
        if (Storage.Executions.Load(tx, executionId) is not { } stored)
        {
            return false;
        }

        // decided before the cutoff and come to after it: the next turn, which is due now, cuts it off
        var now = backstage.Clock.Now;
        if (now >= stored.State.Occurrence.CutoffAt
            && stored.State.Tasks.Single(t => t.TaskExecutionId == start.TaskExecutionId).Plan.CutoffBehavior == CutoffBehavior.CancelTask)
        {
            return false;
        }

        var next = stored.State.WithInvocationStarted(start.InvocationId, now);
        if (ReferenceEquals(next, stored.State) || !Storage.Executions.Save(tx, stored, next, stored.WakeMs))
        {
            return false;
        }

        Storage.Executions.SetParameters(tx, start.InvocationId, TextOf(request));
        CrashPoint.Pass(CrashPoint.InvocationInUnit);
        return true;
    }

    private async Task Cancel(Effect.CancelCommand cancel)
    {
        var stored = backstage.Database.ReadConsistently(tx => Storage.Executions.Load(tx, executionId));
        var task = stored?.State.Tasks.FirstOrDefault(t => t.Invocations.Any(i => i.InvocationId == cancel.InvocationId));
        if (stored is null || task is null)
        {
            return;
        }

        try
        {
            var session = Assume(stored.Tasks[task.TaskExecutionId].ServiceRoleArn, stored.State.WindowId);
            var operation = Catalogue.All.OfType<CancelCommand>().Single();
            var call = new Call(backstage, operation, scope, session, Source.Engine, CancellationToken.None);
            CrashPoint.Pass(CrashPoint.CancelBeforeCall);
            await Pipeline.Run(call, new CancelCommand.Request { CommandId = cancel.CommandId });
            CrashPoint.Pass(CrashPoint.CancelCommitted);
            await Update(state => state.WithCommandCancelAccepted(cancel.InvocationId));
        }
        catch (AwsException e) when (e.Status < 500)
        {
            await Update(state => state.WithCommandCancelRefused(cancel.InvocationId, e.Message));
        }
    }

    /// <exception cref="AwsException">The role is gone or does not trust the service; the text is the invocation's.</exception>
    private Principal.RoleSession Assume(string roleArn, string windowId) =>
        RoleSessions.AssumeForService(backstage, new ServiceAssumption(scope.Account, roleArn, Service, SessionName)
        {
            SourceArn = WindowRules.Arn(scope, windowId),
        }) switch
        {
            Assumption.Assumed assumed => assumed.Session,
            Assumption.NoSuchRole => throw new AwsException(RoleRefused, StatusTexts.RoleMissing(roleArn)),
            Assumption.NotTrusted => throw new AwsException(RoleRefused, StatusTexts.RoleNotTrusting(roleArn)),
            _ => throw new UnreachableException(),
        };

    private const string RoleRefused = "InvalidRole";

    private static string Details(AwsException e) => e.Code switch
    {
        "AccessDeniedException" => StatusTexts.AccessDenied(e.Message),
        "InvalidInstanceId" => StatusTexts.InvalidInstanceIds,
        "InvalidParameters" when e.Data[ParameterRules.NamesKey] is string names => StatusTexts.InvalidParameters(names.Split(", ")),
        _ => e.Message.Length == 0 ? e.Code : e.Message,
    };

    private async Task Update(Func<ExecutionState, ExecutionState> change, string? invocationId = null, SendCommand.Request? request = null)
    {
        while (!await backstage.Database.Write(tx =>
        {
            if (Storage.Executions.Load(tx, executionId) is not { } stored)
            {
                return true;
            }

            var next = change(stored.State);
            if (invocationId is not null && request is not null)
            {
                Storage.Executions.SetParameters(tx, invocationId, TextOf(request));
            }

            return ReferenceEquals(next, stored.State) || Storage.Executions.Save(tx, stored, next, stored.WakeMs);
        }))
        {
            // another turn wrote in between: look again
        }
    }

    private static string TextOf(SendCommand.Request request)
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        JsonWire.Write(buffer, request);
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }
}
