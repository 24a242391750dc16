using System.Reflection;

namespace Casement.Crash.Tests;

/// <summary>The steps of the source, each in the story that passes it.</summary>
internal static class Steps
{
    /// <summary>Every name in the source.</summary>
    public static IReadOnlyList<string> All { get; } =
        [.. typeof(CrashPoint).GetFields(BindingFlags.Public | BindingFlags.Static).Where(f => f.IsLiteral).Select(f => (string)f.GetRawConstantValue()!)];

    public static TheoryData<string> FirstStart { get; } = [CrashPoint.FirstKeyWritten, CrashPoint.FirstAccountCommitted];

    public static TheoryData<string> Request { get; } =
    [
        CrashPoint.RequestArrived, CrashPoint.RequestRead, CrashPoint.RequestAuthenticated, CrashPoint.RequestParsed, CrashPoint.RequestAuthorised,
        CrashPoint.RequestDenied, CrashPoint.RequestValid, CrashPoint.RequestRolesAllowed,
    ];

    public static TheoryData<string> Commit { get; } =
    [
        CrashPoint.TokenKept, CrashPoint.TokenKnown, CrashPoint.CallInUnit, CrashPoint.CallBeforeCommit, CrashPoint.CallAfterCommit,
        CrashPoint.RightsCommitted, CrashPoint.CallCommitted, CrashPoint.RequestHandled, CrashPoint.RequestAnswered,
    ];

    public static TheoryData<string> Opening { get; } =
    [
        CrashPoint.OpeningInUnit, CrashPoint.OpeningCommitted, CrashPoint.OpeningRung, CrashPoint.SweepDue, CrashPoint.ExecutionLoaded,
        CrashPoint.ExecutionDecided, CrashPoint.ExecutionSaved, CrashPoint.InvocationBeforeSend, CrashPoint.InvocationInUnit, CrashPoint.InvocationSent,
    ];

    public static TheoryData<string> Answer { get; } =
    [
        CrashPoint.AcknowledgementCommitted, CrashPoint.ReplyInUnit, CrashPoint.ReplyCommitted, CrashPoint.CommandEnded, CrashPoint.ExecutionEnded,
    ];

    /// <summary>The message is hidden for a minute before it comes again.</summary>
    public static TheoryData<string> LostAnswer { get; } = [CrashPoint.MessageHandedOut];

    /// <summary>As <see cref="LostAnswer"/>, by the node's own fault.</summary>
    public static TheoryData<string> LostMessage { get; } = [CrashPoint.AgentReceived];

    public static TheoryData<string> Node { get; } =
    [
        CrashPoint.AgentRecorded, CrashPoint.AgentAcknowledged, CrashPoint.AgentPrepared, CrashPoint.AgentMarked, CrashPoint.AgentStarted,
        CrashPoint.AgentStepRecorded, CrashPoint.AgentFinished, CrashPoint.AgentReplied, CrashPoint.AgentClosed, CrashPoint.SupervisorClaimed,
        CrashPoint.SupervisorStarted,
    ];

    public static TheoryData<string> Cutoff { get; } = [CrashPoint.CancelBeforeCall, CrashPoint.CancelCommitted, CrashPoint.AgentCancelled];

    public static TheoryData<string> Registration { get; } =
        [CrashPoint.NodeRegistered, CrashPoint.AgentKeyStored, CrashPoint.AgentRegistered, CrashPoint.AgentEnrolled];

    public static TheoryData<string> KeyReplacement { get; } =
        [CrashPoint.NodeKeyReplaced, CrashPoint.AgentNextKeyStored, CrashPoint.AgentKeyAccepted];

    /// <summary>All that some story visits.</summary>
    public static IEnumerable<string> Visited => new[] { FirstStart, Request, Commit, Opening, Answer, LostAnswer, LostMessage, Node, Cutoff, Registration, KeyReplacement }
        .SelectMany(story => story).Select(row => row.Data);

    /// <summary>Nobody can tell there whether the script ran, so it fails and is not started again.</summary>
    public static bool LosesTheRun(string point) => point is CrashPoint.AgentMarked or CrashPoint.SupervisorClaimed or CrashPoint.SupervisorStarted;

    public static bool IsNodes(string point) => IsSupervisors(point) || point.StartsWith("agent.", StringComparison.Ordinal);

    /// <summary>A supervisor has one run and nobody who hears what it says.</summary>
    public static bool IsSupervisors(string point) => point.StartsWith("supervisor.", StringComparison.Ordinal);
}
