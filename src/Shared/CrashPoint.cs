using System.Diagnostics;
using System.Globalization;

namespace Casement;

/// <summary>
/// Steps at which a process can be told to die as if by power loss, so that a test sees what a death exactly there leaves.
/// <c>CASEMENT_CRASH_AT=name:n</c> kills it at the n-th passage of the step of that name; it is read once, and without it a passage
/// is one comparison. <c>docs/journeys.md</c> says of each what is there afterwards. Server and agent both compile this file.
/// </summary>
internal static class CrashPoint
{
    /// <summary>The first start has written the admin's key beside the database; nothing of it is committed.</summary>
    public const string FirstKeyWritten = "start.key-written";

    /// <summary>Account and key are committed; the file does not have its name yet.</summary>
    public const string FirstAccountCommitted = "start.account-committed";

    /// <summary>A request's headers are there, its body may not be.</summary>
    public const string RequestArrived = "request.arrived";

    public const string RequestRead = "request.read";
    public const string RequestAuthenticated = "request.authenticated";

    /// <summary>The bytes have become the operation's request record.</summary>
    public const string RequestParsed = "request.parsed";

    public const string RequestAuthorised = "request.authorised";

    /// <summary>A denial is in the trail; nobody knows.</summary>
    public const string RequestDenied = "request.denied";

    /// <summary>The model's constraints hold.</summary>
    public const string RequestValid = "request.valid";

    /// <summary>Every role that it hands over may be; next is the operation itself.</summary>
    public const string RequestRolesAllowed = "request.roles-allowed";

    /// <summary>The client token was remembered in a unit that is not committed.</summary>
    public const string TokenKept = "token.kept";

    /// <summary>The client token was known: the answer is that of the first time.</summary>
    public const string TokenKnown = "token.known";

    /// <summary>A call's unit of work did its writes; its audit row is still missing.</summary>
    public const string CallInUnit = "call.in-unit";

    /// <summary>All units of a batch ran, a call's among them; nothing is durable.</summary>
    public const string CallBeforeCommit = "call.before-commit";

    /// <summary>That batch is durable; no bell has rung and nobody knows.</summary>
    public const string CallAfterCommit = "call.after-commit";

    /// <summary>A change of rights is durable; what was decided under the old ones is still remembered.</summary>
    public const string RightsCommitted = "rights.committed";

    /// <summary>A call is durable and all its bells have rung; the operation has not heard.</summary>
    public const string CallCommitted = "call.committed";

    /// <summary>The operation has its reply.</summary>
    public const string RequestHandled = "request.handled";

    /// <summary>The reply was given to the socket.</summary>
    public const string RequestAnswered = "request.answered";

    /// <summary>Windows are opened in a unit that is not committed.</summary>
    public const string OpeningInUnit = "opening.in-unit";

    public const string OpeningCommitted = "opening.committed";
    public const string OpeningRung = "opening.rung";

    /// <summary>A look at the rows has found executions to decide on.</summary>
    public const string SweepDue = "sweep.due";

    public const string ExecutionLoaded = "execution.loaded";

    /// <summary>Decided, not saved.</summary>
    public const string ExecutionDecided = "execution.decided";

    /// <summary>Saved; its effects are not performed.</summary>
    public const string ExecutionSaved = "execution.saved";

    /// <summary>The task's role is assumed; SendCommand is not called.</summary>
    public const string InvocationBeforeSend = "invocation.before-send";

    /// <summary>The invocation is marked as started in SendCommand's own unit; no command is made.</summary>
    public const string InvocationInUnit = "invocation.in-unit";

    /// <summary>Command, messages and the invocation's start are durable.</summary>
    public const string InvocationSent = "invocation.sent";

    /// <summary>A node's messages are noted as handed out; the answer that carries them is not written.</summary>
    public const string MessageHandedOut = "message.handed-out";

    public const string AcknowledgementCommitted = "acknowledgement.committed";

    /// <summary>A node's reply is applied in a unit that is not committed.</summary>
    public const string ReplyInUnit = "reply.in-unit";

    public const string ReplyCommitted = "reply.committed";

    /// <summary>A window's command has ended, durably; its execution was not rung.</summary>
    public const string CommandEnded = "command.ended";

    /// <summary>An execution's end is saved.</summary>
    public const string ExecutionEnded = "execution.ended";

    /// <summary>The cutoff has come and is saved; CancelCommand is not called.</summary>
    public const string CancelBeforeCall = "cancel.before-call";

    /// <summary>CancelCommand is durable; the execution does not say so.</summary>
    public const string CancelCommitted = "cancel.committed";

    /// <summary>A node is registered; it does not know its id.</summary>
    public const string NodeRegistered = "node.registered";

    /// <summary>A node's key is replaced; it does not know.</summary>
    public const string NodeKeyReplaced = "node.key-replaced";

    /// <summary>A new agent's key is stored; the server has not been asked.</summary>
    public const string AgentKeyStored = "agent.key-stored";

    /// <summary>The server has answered the registration; nothing of the answer is stored.</summary>
    public const string AgentRegistered = "agent.registered";

    /// <summary>The node's id is stored.</summary>
    public const string AgentEnrolled = "agent.enrolled";

    /// <summary>The next key is stored beside the present one; the server has not been asked.</summary>
    public const string AgentNextKeyStored = "agent.next-key-stored";

    /// <summary>The server takes only the next key; the present one is still stored as the node's.</summary>
    public const string AgentKeyAccepted = "agent.key-accepted";

    /// <summary>A command has arrived; nothing of it is stored.</summary>
    public const string AgentReceived = "agent.received";

    public const string AgentRecorded = "agent.recorded";

    /// <summary>The server has taken the acknowledgement; nothing is started.</summary>
    public const string AgentAcknowledged = "agent.acknowledged";

    /// <summary>Script and specification of the run are stored.</summary>
    public const string AgentPrepared = "agent.prepared";

    /// <summary>The run is marked as started, and no supervisor is: nobody can tell this from a script that ran.</summary>
    public const string AgentMarked = "agent.marked";

    /// <summary>The supervisor runs.</summary>
    public const string AgentStarted = "agent.started";

    /// <summary>The script's result is stored for its step.</summary>
    public const string AgentStepRecorded = "agent.step-recorded";

    /// <summary>The command's result is stored.</summary>
    public const string AgentFinished = "agent.finished";

    /// <summary>The server has taken the result; the ledger does not say so.</summary>
    public const string AgentReplied = "agent.replied";

    /// <summary>The ledger says so, and script and parameters are gone.</summary>
    public const string AgentClosed = "agent.closed";

    /// <summary>A cancellation is stored; the server does not know.</summary>
    public const string AgentCancelled = "agent.cancelled";

    /// <summary>The supervisor has taken the run; its script is not started.</summary>
    public const string SupervisorClaimed = "supervisor.claimed";

    /// <summary>The script runs, and which process it is is stored.</summary>
    public const string SupervisorStarted = "supervisor.started";

    private static readonly (string? Name, int Count) Armed = Read(Environment.GetEnvironmentVariable("CASEMENT_CRASH_AT"));
    private static int _passages;

    /// <summary>Ends the process by SIGKILL when this is the step and the passage that it was armed for, and says so before.</summary>
    public static void Pass(string name)
    {
        if (Armed.Name is not null && Armed.Name == name && Interlocked.Increment(ref _passages) == Armed.Count)
        {
            Console.Error.WriteLine(Epitaph(name, Armed.Count));
            using var self = Process.GetCurrentProcess();
            self.Kill();
        }
    }

    /// <summary>The same where only some passages are the step.</summary>
    public static void PassIf(bool isStep, string name)
    {
        if (isStep)
        {
            Pass(name);
        }
    }

    /// <summary>The last line of a process that died at a step.</summary>
    public static string Epitaph(string name, int count) => string.Create(CultureInfo.InvariantCulture, $"Killed at {name}:{count}");

    private static (string? Name, int Count) Read(string? setting) =>
        setting?.Split(':') is [var name, var text] && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var count)
            ? (name, count)
            : (null, 0);
}
