using System.Globalization;
using Casement.Aws.Signing;
using Casement.Cli.Calls;
using Casement.Cli.Servers;
using Casement.Cli.Terminals;

namespace Casement.Cli.Demo;

/// <summary>Who plays in the second half of the demo.</summary>
internal sealed record DemoCast(string RoleArn, AwsCredentials Operator, AwsCredentials Observer);

/// <summary>
/// The four tasks of AWS's guide to setting up maintenance windows, with the admin's key. What an earlier demo made is
/// brought up to date.
/// </summary>
internal sealed class DemoPermissions(Ready ready, DemoCaller admin, DemoStage stage)
{
    private const string Exists = "EntityAlreadyExists";
    private const string PolicyName = "maintenance-window-role-policy";
    private const string RoleName = "maintenance-window-role";
    private const string Operators = "operators";
    private const string Observers = "observers";
    private const string Operator = "operator";
    private const string Observer = "observer";
    private const int VersionsMax = 5;

    private readonly DemoKeys _keys = DemoKeys.Read(ready.Data);

    internal async Task<DemoCast> SetUp(CancellationToken stop)
    {
        stage.Heading("Task 1, as admin: a policy for the role that the window works under.");
        var policy = await Policy(stop);

        stage.Heading("Task 2, as admin: that role. Only Systems Manager may use it.");
        var role = await Role(policy, stop);

        stage.Heading("Task 3, as admin: operators may use Systems Manager, and pass exactly this role to it.");
        await Group(Operators, "AmazonSSMFullAccess", "pass-maintenance-window-role", DemoPolicies.PassRole(role), stop);
        var operatorKey = await User(Operator, Operators, stop);

        stage.Heading("Task 4, as admin: observers may look, and are denied registering tasks whatever else they are given.");
        await Group(Observers, "AmazonSSMReadOnlyAccess", "deny-register-task", DemoPolicies.DenyRegisterTask, stop);
        var observerKey = await User(Observer, Observers, stop);
        return new DemoCast(role, operatorKey, observerKey);
    }

    private async Task<string> Policy(CancellationToken stop)
    {
        var made = await admin.IamUnless(
            Exists, "CreatePolicy", stop, ("PolicyName", PolicyName), ("PolicyDocument", DemoPolicies.WindowRole));
        if (made is not null)
        {
            return made.Text("Arn") ?? throw Lacks("CreatePolicy", "Arn");
        }

        var arn = $"arn:aws:iam::{ready.Account}:policy/{PolicyName}";
        stage.Fact(Tone.Secondary, "It is there already.");
        var versions = (await admin.Iam("ListPolicyVersions", stop, ("PolicyArn", arn))).Members("Versions");
        var current = versions.FirstOrDefault(version => version.Text("IsDefaultVersion") == "true")?.Text("VersionId")
            ?? throw Lacks("ListPolicyVersions", "a default version");
        var reply = await admin.Iam("GetPolicyVersion", stop, ("PolicyArn", arn), ("VersionId", current));
        // documents come back percent-encoded
        if (Uri.UnescapeDataString(reply.Text("Document") ?? "") != DemoPolicies.WindowRole)
        {
            await Replace(arn, versions, current, stop);
        }

        return arn;
    }

    private async Task Replace(string arn, IReadOnlyList<QueryReply> versions, string current, CancellationToken stop)
    {
        var oldest = versions.Select(version => version.Text("VersionId") ?? "").Where(id => id.Length > 1 && id != current)
            .MinBy(id => int.Parse(id.AsSpan(1), CultureInfo.InvariantCulture));
        if (versions.Count >= VersionsMax && oldest is not null)
        {
            await admin.Iam("DeletePolicyVersion", stop, ("PolicyArn", arn), ("VersionId", oldest));
        }

        await admin.Iam(
            "CreatePolicyVersion", stop, ("PolicyArn", arn), ("PolicyDocument", DemoPolicies.WindowRole), ("SetAsDefault", "true"));
    }

    private async Task<string> Role(string policyArn, CancellationToken stop)
    {
        var reply = await admin.IamUnless(
            Exists, "CreateRole", stop, ("RoleName", RoleName), ("AssumeRolePolicyDocument", DemoPolicies.Trust));
        if (reply is null)
        {
            stage.Fact(Tone.Secondary, "It is there already.");
            await admin.Iam("UpdateAssumeRolePolicy", stop, ("RoleName", RoleName), ("PolicyDocument", DemoPolicies.Trust));
            reply = await admin.Iam("GetRole", stop, ("RoleName", RoleName));
        }

        await admin.Iam("AttachRolePolicy", stop, ("RoleName", RoleName), ("PolicyArn", policyArn));
        return reply.Text("Arn") ?? throw Lacks("CreateRole", "Arn");
    }

    private async Task Group(string name, string awsPolicy, string policyName, string document, CancellationToken stop)
    {
        if (await admin.IamUnless(Exists, "CreateGroup", stop, ("GroupName", name)) is null)
        {
            stage.Fact(Tone.Secondary, "It is there already.");
        }

        await admin.Iam("AttachGroupPolicy", stop, ("GroupName", name), ("PolicyArn", $"arn:aws:iam::aws:policy/{awsPolicy}"));
        await admin.Iam("PutGroupPolicy", stop, ("GroupName", name), ("PolicyName", policyName), ("PolicyDocument", document));
    }

    private async Task<AwsCredentials> User(string name, string group, CancellationToken stop)
    {
        if (await admin.IamUnless(Exists, "CreateUser", stop, ("UserName", name)) is null)
        {
            stage.Fact(Tone.Secondary, "That user is there already.");
        }

        await admin.Iam("AddUserToGroup", stop, ("GroupName", group), ("UserName", name));
        if (_keys.Of(name) is { } old)
        {
            await admin.IamUnless("NoSuchEntity", "DeleteAccessKey", stop, ("UserName", name), ("AccessKeyId", old));
        }

        var reply = await admin.Iam("CreateAccessKey", stop, ("UserName", name));
        var id = reply.Text("AccessKeyId") ?? throw Lacks("CreateAccessKey", "AccessKeyId");
        _keys.Keep(name, id);
        stage.Fact(Tone.Secondary, $"Key {id}; the demo keeps its secret to itself.");
        return new AwsCredentials(id, reply.Text("SecretAccessKey") ?? throw Lacks("CreateAccessKey", "SecretAccessKey"));
    }

    private static FailureException Lacks(string action, string member)
        => new(ExitCodes.AnythingElse, $"The answer to {action} lacks {member}.");
}
