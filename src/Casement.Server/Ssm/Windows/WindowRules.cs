using System.Globalization;
using Casement.Aws;
using Casement.Storage;

namespace Casement.Server.Ssm.Windows;

/// <summary>What a definition as a whole must hold, whether created or updated, and the refusals that windows share.</summary>
internal static class WindowRules
{
    /// <exception cref="AwsException">ValidationException with AWS's text, or ours where AWS's is not known.</exception>
    public static void Check(WindowDefinition definition)
    {
        if (definition.Cutoff >= definition.Duration)
        {
            // AWS's own wording, with its spelling and its arithmetic
            throw new AwsException("ValidationException", string.Create(
                CultureInfo.InvariantCulture, $"Cuttoff was {definition.Cutoff} but must be smaller than {definition.Duration - 1} (Duration - 1 )"));
        }
    }

    public static string Arn(Scope scope, string? windowId) =>
        windowId is { Length: > 0 } ? $"arn:aws:ssm:{scope.Region}:{scope.Account}:maintenancewindow/{windowId}" : Operations.Access.AnyOf(scope);

    /// <exception cref="AwsException">DoesNotExistException with AWS's text.</exception>
    public static WindowRow Demand(Tx tx, Scope scope, string windowId) =>
        Storage.Windows.Find(tx, scope, windowId) ?? throw DoesNotExist(windowId);

    public static AwsException DoesNotExist(string windowId) => Unknown($"Maintenance window {windowId}");

    public static AwsException TargetDoesNotExist(string targetId) => Unknown($"Target {targetId}");

    public static AwsException TaskDoesNotExist(string taskId) => Unknown($"Task {taskId}");

    public static AwsException ExecutionDoesNotExist(string executionId) => Unknown($"Maintenance window execution {executionId}");

    public static AwsException InvocationDoesNotExist(string invocationId) => Unknown($"Invocation {invocationId}");

    /// <summary>The row changed between reading and writing: a server error, which every SDK tries again.</summary>
    public static AwsException ChangedMeanwhile() => new("InternalServerError", "The resource was changed by another request at the same time. Try again.", 500);

    /// <summary>Windows are counted only where their number is limited: counting 100,000 costs more than making one.</summary>
    /// <exception cref="AwsException">ResourceLimitExceededException.</exception>
    public static void Limit(Tx tx, Scope scope, Quotas quotas)
    {
        if (quotas.Windows is { } most)
        {
            Limit(Storage.Windows.Count(tx, scope), most, "maintenance windows");
        }
    }

    /// <exception cref="AwsException">ResourceLimitExceededException.</exception>
    public static void Limit(int count, int? most, string things)
    {
        if (most is { } limit && count >= limit)
        {
            throw new AwsException("ResourceLimitExceededException", string.Create(
                CultureInfo.InvariantCulture, $"You have reached the maximum number of {things} ({limit})."));
        }
    }

    /// <summary>Under Replace, what the operation that created the resource requires is required again.</summary>
    /// <exception cref="AwsException">ValidationException that names all members that are missing, as a missing member is named elsewhere.</exception>
    public static void RequireForReplace(params ReadOnlySpan<(string Member, object? Value)> members)
    {
        var faults = new List<string>();
        foreach (var (member, value) in members)
        {
            if (value is null)
            {
                faults.Add(NullAt(member));
            }
        }

        Refuse(faults);
    }

    /// <exception cref="AwsException">ValidationException in the form of the model's own constraints.</exception>
    public static void Refuse(IReadOnlyList<string> faults)
    {
        if (faults.Count > 0)
        {
            throw new AwsException("ValidationException", string.Create(
                CultureInfo.InvariantCulture, $"{faults.Count} validation error{(faults.Count == 1 ? "" : "s")} detected: {string.Join("; ", faults)}"));
        }
    }

    public static string NullAt(string path) => $"Value null at '{path}' failed to satisfy constraint: Member must not be null";

    private static AwsException Unknown(string what) => new("DoesNotExistException", $"{what} does not exist");
}
