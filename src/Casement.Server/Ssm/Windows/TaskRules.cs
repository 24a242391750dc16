using Casement.Aws;
using Casement.Server.Operations;

namespace Casement.Server.Ssm.Windows;

/// <summary>What a task as a whole must hold, whether registered or updated.</summary>
internal static class TaskRules
{
    /// <summary>What AWS stores and reports as both limits of a task without targets.</summary>
    private const string Placeholder = "1";

    private const string RunCommand = "RUN_COMMAND";

    /// <summary>The limits to store: given with targets, forbidden without.</summary>
    /// <exception cref="AwsException">ValidationException, AWS's text for limits without targets.</exception>
    public static (string MaxConcurrency, string MaxErrors) Limits(bool hasTargets, string? maxConcurrency, string? maxErrors)
    {
        if (!hasTargets)
        {
            List<string> sentences = [];
            if (maxErrors is not null)
            {
                sentences.Add("Maintenance window tasks without targets do not support MaxErrors values.");
            }

            if (maxConcurrency is not null)
            {
                sentences.Add("Maintenance window tasks without targets do not support MaxConcurrency values.");
            }

            return sentences.Count == 0 ? (Placeholder, Placeholder) : throw Refuse(string.Join(' ', sentences));
        }

        if (maxConcurrency is null || maxErrors is null)
        {
            var missing = string.Join(", ", new[] { maxConcurrency is null ? "MaxConcurrency" : null, maxErrors is null ? "MaxErrors" : null }.OfType<string>());
            throw Refuse($"Maintenance window tasks with targets need MaxConcurrency and MaxErrors values; not given: {missing}.");
        }

        return (maxConcurrency, maxErrors);
    }

    /// <exception cref="AwsException">ValidationException: a RUN_COMMAND task without targets.</exception>
    public static void CheckTargets(string taskType, bool hasTargets)
    {
        if (taskType == RunCommand && !hasTargets)
        {
            throw Refuse("Maintenance window tasks of type RUN_COMMAND need at least one target.");
        }
    }

    /// <exception cref="AwsException">ValidationException: parameters of another type than the task's.</exception>
    public static void CheckType(string taskType, MaintenanceWindowTaskInvocationParameters? parameters)
    {
        var own = taskType switch
        {
            RunCommand => nameof(parameters.RunCommand),
            "AUTOMATION" => nameof(parameters.Automation),
            "LAMBDA" => nameof(parameters.Lambda),
            _ => nameof(parameters.StepFunctions),
        };
        (string Member, object? Value)[] members =
        [
            (nameof(parameters.RunCommand), parameters?.RunCommand), (nameof(parameters.Automation), parameters?.Automation),
            (nameof(parameters.Lambda), parameters?.Lambda), (nameof(parameters.StepFunctions), parameters?.StepFunctions),
        ];
        var foreign = members.FirstOrDefault(m => m.Value is not null && m.Member != own).Member;
        if (foreign is not null)
        {
            throw Refuse($"TaskInvocationParameters.{foreign} does not fit a task of type {taskType}, which takes {own}.");
        }
    }

    /// <summary>The roles that a request hands over: the task's and the one for notifications.</summary>
    public static IEnumerable<string> Passed(string? serviceRoleArn, MaintenanceWindowTaskInvocationParameters? parameters) =>
        new[] { serviceRoleArn, parameters?.RunCommand?.ServiceRoleArn }.Where(role => !string.IsNullOrEmpty(role)).Distinct(StringComparer.Ordinal)!;

    /// <summary>Says that a task runs as the account's service-linked role, which can do anything that Systems Manager can.</summary>
    public static void WarnOfServiceLinkedRole(Call call) => call.AddHeader(
        Call.WarningHeader,
        "The task names no ServiceRoleArn and runs as the service-linked role AWSServiceRoleForAmazonSSM; a role of its own can be limited to what the task needs.");

    public static AwsException Refuse(string text) => new("ValidationException", text);
}
