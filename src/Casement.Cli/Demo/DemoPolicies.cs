namespace Casement.Cli.Demo;

/// <summary>The documents of the four tasks, compact as they are sent.</summary>
internal static class DemoPolicies
{
    /// <summary>Who may use the role: Systems Manager, nobody else.</summary>
    internal const string Trust =
        """{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"ssm.amazonaws.com"},"Action":"sts:AssumeRole"}]}""";

    /// <summary>
    /// The guide's policy for the window's role, without the lines for Automation, Lambda and Step Functions, which it
    /// says to leave out where no task needs them.
    /// </summary>
    internal const string WindowRole =
        """{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["""
        + """
        "ssm:SendCommand","ssm:CancelCommand","ssm:ListCommands","ssm:ListCommandInvocations","ssm:GetCommandInvocation",
        """
        + """
        "ssm:ListTagsForResource","ssm:GetParameters"],"Resource":"*"},
        """
        + """{"Effect":"Allow","Action":["resource-groups:ListGroups","resource-groups:ListGroupResources","tag:GetResources"],"Resource":"*"},"""
        + """{"Effect":"Allow","Action":"iam:PassRole","Resource":"*","Condition":{"StringEquals":{"iam:PassedToService":"ssm.amazonaws.com"}}}]}""";

    internal const string DenyRegisterTask =
        """{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"ssm:RegisterTaskWithMaintenanceWindow","Resource":"*"}]}""";

    /// <summary>This role and no other, to Systems Manager and no other service.</summary>
    internal static string PassRole(string roleArn) =>
        """{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"iam:PassRole","Resource":"ROLE","Condition":{"StringEquals":{"iam:PassedToService":"ssm.amazonaws.com"}}}]}"""
            .Replace("ROLE", roleArn, StringComparison.Ordinal);
}
