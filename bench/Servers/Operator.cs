using System.Globalization;
using Casement.Aws.Signing;

namespace Casement.Bench.Servers;

/// <summary>An IAM user as a team has them: its rights come from a group's managed policy, an inline policy and a denying guard.</summary>
internal static class Operator
{
    private const string Windows = """
        {"Version":"2012-10-17","Statement":[
          {"Sid":"Windows","Effect":"Allow","Action":["ssm:CreateMaintenanceWindow","ssm:UpdateMaintenanceWindow","ssm:DeleteMaintenanceWindow",
            "ssm:GetMaintenanceWindow*","ssm:DescribeMaintenanceWindow*","ssm:Register*WithMaintenanceWindow","ssm:Deregister*FromMaintenanceWindow",
            "ssm:CancelMaintenanceWindowExecution","ssm:AddTagsToResource","ssm:RemoveTagsFromResource","ssm:ListTagsForResource"],"Resource":"*"},
          {"Sid":"Look","Effect":"Allow","Action":["ssm:Describe*","ssm:List*","ssm:GetCommandInvocation","ssm:GetDocument"],"Resource":"*"},
          {"Sid":"RunOnPatched","Effect":"Allow","Action":"ssm:SendCommand","Resource":["arn:aws:ssm:*:*:document/AWS-RunShellScript","arn:aws:ssm:*:*:managed-instance/*"],
            "Condition":{"StringEquals":{"ssm:resourceTag/patch":"yes"}}}]}
        """;

    private const string Pass = """
        {"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"iam:PassRole","Resource":"arn:aws:iam::*:role/windows/*",
          "Condition":{"StringEquals":{"iam:PassedToService":"ssm.amazonaws.com"}}}]}
        """;

    private const string Guard = """
        {"Version":"2012-10-17","Statement":[
          {"Sid":"NotProduction","Effect":"Deny","Action":["ssm:DeleteMaintenanceWindow","ssm:UpdateMaintenanceWindow"],"Resource":"*",
            "Condition":{"StringEquals":{"aws:ResourceTag/stage":"production"},"StringNotEquals":{"aws:PrincipalTag/team":"core"}}},
          {"Sid":"OurRegions","Effect":"Deny","Action":"ssm:*","Resource":"*","Condition":{"StringNotEquals":{"aws:RequestedRegion":["us-east-1","eu-central-1"]}}}]}
        """;

    /// <summary>Makes the user, its group and policies through the API, and a key for it.</summary>
    public static async Task<Signer> Create(CasementProcess server)
    {
        using var admin = new SignedClient(server.Admin);
        await Call("CreateUser", ("UserName", "operator"), ("Tags.member.1.Key", "team"), ("Tags.member.1.Value", "web"));
        await Call("CreateGroup", ("GroupName", "operators"));
        await Call("CreatePolicy", ("PolicyName", "WindowOperators"), ("PolicyDocument", Windows));
        await Call("CreatePolicy", ("PolicyName", "Guard"), ("PolicyDocument", Guard));
        await Call("AttachGroupPolicy", ("GroupName", "operators"), ("PolicyArn", Arn("WindowOperators")));
        await Call("AttachGroupPolicy", ("GroupName", "operators"), ("PolicyArn", Arn("Guard")));
        await Call("PutUserPolicy", ("UserName", "operator"), ("PolicyName", "pass"), ("PolicyDocument", Pass));
        await Call("AddUserToGroup", ("UserName", "operator"), ("GroupName", "operators"));
        var key = await Call("CreateAccessKey", ("UserName", "operator"));
        return server.Admin with { Credentials = new AwsCredentials(key.Xml("AccessKeyId"), key.Xml("SecretAccessKey")) };

        string Arn(string name) => string.Create(CultureInfo.InvariantCulture, $"arn:aws:iam::{CasementProcess.Account}:policy/{name}");

        Task<Answer> Call(string action, params (string Name, string Value)[] parameters) => SignedClient.Demand(
            admin.Iam($"Action={action}&{string.Join('&', parameters.Select(p => $"{p.Name}={Uri.EscapeDataString(p.Value)}"))}"));
    }
}
