using Casement.Server.Iam.Actions;
using Casement.Server.Iam.Shapes;

namespace Casement.Server.Tests.Iam;

public sealed class PolicyTests : IDisposable
{
    private const string SsmFull = "arn:aws:iam::aws:policy/AmazonSSMFullAccess";
    private const string Unknown = "arn:aws:iam::111122223333:policy/ghost";

    private readonly IamServer _server = new();

    public void Dispose() => _server.Dispose();

    [Fact]
    public async Task A_created_policy_counts_its_attachments()
    {
        var made = (await _server.Run(new CreatePolicy(), new CreatePolicy.Request
        {
            PolicyName = "P",
            Path = "/team/",
            PolicyDocument = IamServer.AnyAction,
            Description = "all",
            Tags = [new IamTag { Key = "k", Value = "v" }],
        })).Policy!;
        Assert.Equal(("v1", 0, 0, true), (made.DefaultVersionId, made.AttachmentCount, made.PermissionsBoundaryUsageCount, made.IsAttachable));
        Assert.Equal("arn:aws:iam::111122223333:policy/team/P", made.Arn);
        Assert.Matches("^ANPA[A-Z2-7]{17}$", made.PolicyId);

        await _server.User("bob");
        await _server.Role("r", IamServer.TrustSsm);
        await _server.Run(new AttachUserPolicy(), new AttachUserPolicy.Request { UserName = "bob", PolicyArn = made.Arn });
        await _server.Run(new AttachRolePolicy(), new AttachRolePolicy.Request { RoleName = "r", PolicyArn = made.Arn });
        await _server.Run(new AttachRolePolicy(), new AttachRolePolicy.Request { RoleName = "r", PolicyArn = made.Arn });
        await _server.Run(new PutUserPermissionsBoundary(), new PutUserPermissionsBoundary.Request { UserName = "bob", PermissionsBoundary = made.Arn });
        var read = (await _server.Run(new GetPolicy(), new GetPolicy.Request { PolicyArn = made.Arn })).Policy!;
        Assert.Equal((2, 1, "all"), (read.AttachmentCount, read.PermissionsBoundaryUsageCount, read.Description));
        Assert.Equal([new IamTag { Key = "k", Value = "v" }], read.Tags!);
    }

    [Fact]
    public async Task A_policys_name_is_unique_ignoring_case_and_path()
    {
        await _server.Policy("p");
        Assert.Equal(
            "409 EntityAlreadyExists: A policy called P already exists. Duplicate names are not allowed.",
            await _server.Refused(new CreatePolicy(), new CreatePolicy.Request { PolicyName = "P", Path = "/x/", PolicyDocument = IamServer.AnyAction }));
    }

    [Theory]
    [InlineData("""{"Version":"2012-10-17"}""", "Syntax errors in policy.")]
    [InlineData("""{"Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}""", "Policy document must be version 2012-10-17 or greater.")]
    [InlineData("""{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*"}]}""", "Policy statement must contain resources.")]
    [InlineData("""{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Resource":"*"}]}""", "Policy statement must contain actions.")]
    public async Task A_malformed_document_is_refused_in_IAMs_words(string document, string text)
    {
        var expected = $"400 MalformedPolicyDocument: {text}";
        Assert.Equal(expected, await _server.Refused(new CreatePolicy(), new CreatePolicy.Request { PolicyName = "p", PolicyDocument = document }));
        var arn = await _server.Policy("q");
        Assert.Equal(expected, await _server.Refused(new CreatePolicyVersion(), new CreatePolicyVersion.Request { PolicyArn = arn, PolicyDocument = document }));
    }

    [Fact]
    public async Task An_inline_document_may_be_without_version_and_may_not_name_principals()
    {
        await _server.User("bob", """{"Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}""");
        Assert.StartsWith("400 MalformedPolicyDocument: ", await _server.Refused(new PutUserPolicy(), new PutUserPolicy.Request
        {
            UserName = "bob",
            PolicyName = "p",
            PolicyDocument = IamServer.Trust("*"),
        }), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Versions_are_numbered_once_and_the_default_one_stays()
    {
        var arn = await _server.Policy("p");
        var read = IamServer.Allow("ssm:Get*");
        var second = await _server.Run(new CreatePolicyVersion(), new CreatePolicyVersion.Request { PolicyArn = arn, PolicyDocument = read });
        Assert.Equal(("v2", false), (second.PolicyVersion!.VersionId, second.PolicyVersion.IsDefaultVersion));
        await _server.Run(new DeletePolicyVersion(), new DeletePolicyVersion.Request { PolicyArn = arn, VersionId = "v2" });
        var third = await _server.Run(new CreatePolicyVersion(), new CreatePolicyVersion.Request { PolicyArn = arn, PolicyDocument = read, SetAsDefault = true });
        Assert.Equal(("v3", true), (third.PolicyVersion!.VersionId, third.PolicyVersion.IsDefaultVersion));

        var listed = await _server.Run(new ListPolicyVersions(), new ListPolicyVersions.Request { PolicyArn = arn });
        Assert.Equal([("v3", true), ("v1", false)], listed.Versions!.Select(v => (v.VersionId, v.IsDefaultVersion!.Value)));
        var one = await _server.Run(new GetPolicyVersion(), new GetPolicyVersion.Request { PolicyArn = arn, VersionId = "v3" });
        Assert.Equal(Uri.EscapeDataString(read), one.PolicyVersion!.Document);

        Assert.Equal(
            "409 DeleteConflict: Cannot delete the default version of a policy.",
            await _server.Refused(new DeletePolicyVersion(), new DeletePolicyVersion.Request { PolicyArn = arn, VersionId = "v3" }));
        await _server.Run(new SetDefaultPolicyVersion(), new SetDefaultPolicyVersion.Request { PolicyArn = arn, VersionId = "v1" });
        Assert.Equal("v1", (await _server.Run(new GetPolicy(), new GetPolicy.Request { PolicyArn = arn })).Policy!.DefaultVersionId);
        Assert.Equal(
            $"404 NoSuchEntity: Policy {arn} version v2 does not exist or is not attachable.",
            await _server.Refused(new SetDefaultPolicyVersion(), new SetDefaultPolicyVersion.Request { PolicyArn = arn, VersionId = "v2" }));
        Assert.Equal(
            $"404 NoSuchEntity: Policy {arn} version v9 does not exist or is not attachable.",
            await _server.Refused(new GetPolicyVersion(), new GetPolicyVersion.Request { PolicyArn = arn, VersionId = "v9" }));
        Assert.Equal(
            $"404 NoSuchEntity: Policy {arn} version v99999999999 does not exist or is not attachable.",
            await _server.Refused(new DeletePolicyVersion(), new DeletePolicyVersion.Request { PolicyArn = arn, VersionId = "v99999999999" }));
    }

    [Fact]
    public async Task A_policy_is_deleted_once_it_is_in_no_use_and_has_one_version()
    {
        var arn = await _server.Policy("p");
        var delete = new DeletePolicy.Request { PolicyArn = arn };
        await _server.User("bob");
        await _server.Run(new AttachUserPolicy(), new AttachUserPolicy.Request { UserName = "bob", PolicyArn = arn });
        Assert.Equal("409 DeleteConflict: Cannot delete a policy attached to entities.", await _server.Refused(new DeletePolicy(), delete));
        await _server.Run(new DetachUserPolicy(), new DetachUserPolicy.Request { UserName = "bob", PolicyArn = arn });
        await _server.Run(new PutUserPermissionsBoundary(), new PutUserPermissionsBoundary.Request { UserName = "bob", PermissionsBoundary = arn });
        Assert.Equal("409 DeleteConflict: Cannot delete a policy attached to entities.", await _server.Refused(new DeletePolicy(), delete));
        await _server.Run(new DeleteUserPermissionsBoundary(), new DeleteUserPermissionsBoundary.Request { UserName = "bob" });

        await _server.Run(new CreatePolicyVersion(), new CreatePolicyVersion.Request { PolicyArn = arn, PolicyDocument = IamServer.AnyAction });
        Assert.Equal(
            "409 DeleteConflict: This policy has more than one version. Before you delete a policy, you must delete the policy's versions. The default version is deleted with the policy.",
            await _server.Refused(new DeletePolicy(), delete));
        await _server.Run(new DeletePolicyVersion(), new DeletePolicyVersion.Request { PolicyArn = arn, VersionId = "v2" });
        await _server.Run(new DeletePolicy(), delete);
        Assert.Equal($"404 NoSuchEntity: Policy {arn} was not found.", await _server.Refused(new DeletePolicy(), delete));
        Assert.Equal($"404 NoSuchEntity: Policy {arn} was not found.", await _server.Refused(new GetPolicy(), new GetPolicy.Request { PolicyArn = arn }));
    }

    [Fact]
    public async Task Policies_of_AWS_are_read_attached_and_never_changed()
    {
        var read = (await _server.Run(new GetPolicy(), new GetPolicy.Request { PolicyArn = SsmFull })).Policy!;
        Assert.Equal(("AmazonSSMFullAccess", "v4"), (read.PolicyName, read.DefaultVersionId));
        var version = await _server.Run(new GetPolicyVersion(), new GetPolicyVersion.Request { PolicyArn = SsmFull, VersionId = "v4" });
        Assert.Contains("ssm:*", Uri.UnescapeDataString(version.PolicyVersion!.Document!), StringComparison.Ordinal);
        Assert.Single((await _server.Run(new ListPolicyVersions(), new ListPolicyVersions.Request { PolicyArn = SsmFull })).Versions!);

        var bob = await _server.User("bob");
        await _server.Run(new AttachUserPolicy(), new AttachUserPolicy.Request { UserName = "bob", PolicyArn = SsmFull });
        Assert.True(_server.Backstage.Authorizer.Catalog.Of(bob).IdentityPolicies.Count == 1);

        const string Foreign = "400 InvalidInput: Policy is outside your own account.";
        Assert.Equal(Foreign, await _server.Refused(new DeletePolicy(), new DeletePolicy.Request { PolicyArn = SsmFull }));
        Assert.Equal(Foreign, await _server.Refused(new CreatePolicyVersion(), new CreatePolicyVersion.Request { PolicyArn = SsmFull, PolicyDocument = IamServer.AnyAction }));
        Assert.Equal(Foreign, await _server.Refused(new SetDefaultPolicyVersion(), new SetDefaultPolicyVersion.Request { PolicyArn = SsmFull, VersionId = "v4" }));
        Assert.Equal(
            "400 PolicyNotAttachable: Cannot attach a Service Role Policy to a Customer Role.",
            await _server.Refused(new AttachUserPolicy(), new AttachUserPolicy.Request { UserName = "bob", PolicyArn = "arn:aws:iam::aws:policy/aws-service-role/AmazonSSMServiceRolePolicy" }));
    }

    [Fact]
    public async Task Attaching_and_detaching_name_what_is_missing()
    {
        await _server.User("bob");
        await _server.Policy("p");
        Assert.Equal(
            $"404 NoSuchEntity: Policy {Unknown} does not exist or is not attachable.",
            await _server.Refused(new AttachUserPolicy(), new AttachUserPolicy.Request { UserName = "bob", PolicyArn = Unknown }));
        Assert.Equal(
            "404 NoSuchEntity: Policy arn:aws:iam::111122223333:policy/x/p does not exist or is not attachable.",
            await _server.Refused(new AttachUserPolicy(), new AttachUserPolicy.Request { UserName = "bob", PolicyArn = "arn:aws:iam::111122223333:policy/x/p" }));
        Assert.Equal(
            $"404 NoSuchEntity: Policy {SsmFull} was not found.",
            await _server.Refused(new DetachUserPolicy(), new DetachUserPolicy.Request { UserName = "bob", PolicyArn = SsmFull }));
        Assert.Equal(
            "400 ValidationError: Invalid ARN:  Could not be parsed!",
            await _server.Refused(new AttachUserPolicy(), new AttachUserPolicy.Request { UserName = "bob", PolicyArn = "not-an-arn-but-long-enough" }));
        Assert.Equal(
            "404 NoSuchEntity: The group with name g cannot be found.",
            await _server.Refused(new AttachGroupPolicy(), new AttachGroupPolicy.Request { GroupName = "g", PolicyArn = SsmFull }));
    }

    [Fact]
    public async Task Who_uses_a_policy_is_listed_by_kind()
    {
        var arn = await _server.Policy("p");
        await _server.User("u");
        await _server.User("bounded");
        await _server.Role("r", IamServer.TrustSsm);
        await _server.Run(new CreateGroup(), new CreateGroup.Request { GroupName = "g", Path = "/x/" });
        await _server.Run(new AttachUserPolicy(), new AttachUserPolicy.Request { UserName = "u", PolicyArn = arn });
        await _server.Run(new AttachRolePolicy(), new AttachRolePolicy.Request { RoleName = "r", PolicyArn = arn });
        await _server.Run(new AttachGroupPolicy(), new AttachGroupPolicy.Request { GroupName = "g", PolicyArn = arn });
        await _server.Run(new PutUserPermissionsBoundary(), new PutUserPermissionsBoundary.Request { UserName = "bounded", PermissionsBoundary = arn });

        Assert.Equal(("g", "bounded u", "r"), await Users(new ListEntitiesForPolicy.Request { PolicyArn = arn }));
        Assert.Equal(("g", "u", "r"), await Users(new ListEntitiesForPolicy.Request { PolicyArn = arn, PolicyUsageFilter = "PermissionsPolicy" }));
        Assert.Equal(("", "bounded", ""), await Users(new ListEntitiesForPolicy.Request { PolicyArn = arn, PolicyUsageFilter = "PermissionsBoundary" }));
        Assert.Equal(("", "", "r"), await Users(new ListEntitiesForPolicy.Request { PolicyArn = arn, EntityFilter = "Role" }));
        Assert.Equal(("g", "", ""), await Users(new ListEntitiesForPolicy.Request { PolicyArn = arn, PathPrefix = "/x/" }));
    }

    [Fact]
    public async Task Policies_are_listed_by_owner_path_and_use()
    {
        var mine = await _server.Policy("mine");
        await _server.Run(new CreatePolicy(), new CreatePolicy.Request { PolicyName = "deep", Path = "/deep/", PolicyDocument = IamServer.AnyAction });
        Assert.Equal(["deep", "mine"], await Names(new ListPolicies.Request { Scope = "Local" }));
        Assert.Equal(["deep"], await Names(new ListPolicies.Request { Scope = "Local", PathPrefix = "/deep/" }));
        Assert.Contains("AmazonSSMFullAccess", await Names(new ListPolicies.Request { Scope = "AWS" }));
        Assert.DoesNotContain("mine", await Names(new ListPolicies.Request { Scope = "AWS" }));
        Assert.Equal(["AdministratorAccess", "AmazonSSMManagedInstanceCore"], await Names(new ListPolicies.Request { OnlyAttached = true }));

        await _server.User("bob");
        await _server.Run(new PutUserPermissionsBoundary(), new PutUserPermissionsBoundary.Request { UserName = "bob", PermissionsBoundary = mine });
        Assert.Equal(["mine"], await Names(new ListPolicies.Request { PolicyUsageFilter = "PermissionsBoundary" }));
    }

    [Fact]
    public async Task Attached_policies_are_listed_by_name_and_path()
    {
        await _server.User("bob");
        foreach (var arn in new[] { SsmFull, await _server.Policy("b"), await _server.Policy("A") })
        {
            await _server.Run(new AttachUserPolicy(), new AttachUserPolicy.Request { UserName = "bob", PolicyArn = arn });
        }

        var all = await _server.Run(new ListAttachedUserPolicies(), new ListAttachedUserPolicies.Request { UserName = "bob" });
        Assert.Equal(["A", "AmazonSSMFullAccess", "b"], all.AttachedPolicies!.Select(p => p.PolicyName));
        Assert.Empty((await _server.Run(new ListAttachedUserPolicies(), new ListAttachedUserPolicies.Request { UserName = "bob", PathPrefix = "/x/" })).AttachedPolicies!);
    }

    [Fact]
    public async Task Inline_policies_are_overwritten_by_name_ignoring_case()
    {
        var document = IamServer.Allow("ssm:Get*", "arn:aws:ssm:*:*:parameter/é");
        await _server.User("bob", IamServer.AnyAction);
        await _server.Run(new PutUserPolicy(), new PutUserPolicy.Request { UserName = "bob", PolicyName = "P0", PolicyDocument = document });
        Assert.Equal(["P0"], (await _server.Run(new ListUserPolicies(), new ListUserPolicies.Request { UserName = "bob" })).PolicyNames!);
        var read = await _server.Run(new GetUserPolicy(), new GetUserPolicy.Request { UserName = "BOB", PolicyName = "p0" });
        Assert.Equal(("bob", "P0", Uri.EscapeDataString(document)), (read.UserName, read.PolicyName, read.PolicyDocument));
        Assert.Contains("%C3%A9", read.PolicyDocument, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_missing_inline_policy_is_named_with_its_holders_kind()
    {
        await _server.User("u");
        await _server.Role("r", IamServer.TrustSsm);
        await _server.Run(new CreateGroup(), new CreateGroup.Request { GroupName = "g" });
        Assert.Equal(
            "404 NoSuchEntity: The user policy with name x cannot be found.",
            await _server.Refused(new GetUserPolicy(), new GetUserPolicy.Request { UserName = "u", PolicyName = "x" }));
        Assert.Equal(
            "404 NoSuchEntity: The role policy with name x cannot be found.",
            await _server.Refused(new DeleteRolePolicy(), new DeleteRolePolicy.Request { RoleName = "r", PolicyName = "x" }));
        Assert.Equal(
            "404 NoSuchEntity: The group policy with name x cannot be found.",
            await _server.Refused(new GetGroupPolicy(), new GetGroupPolicy.Request { GroupName = "g", PolicyName = "x" }));
    }

    [Fact]
    public async Task Tags_of_policies_are_set_listed_and_removed()
    {
        var arn = await _server.Policy("p");
        await _server.Run(new TagPolicy(), new TagPolicy.Request { PolicyArn = arn, Tags = [new IamTag { Key = "a", Value = "1" }] });
        Assert.Equal([new IamTag { Key = "a", Value = "1" }], (await _server.Run(new ListPolicyTags(), new ListPolicyTags.Request { PolicyArn = arn })).Tags!);
        await _server.Run(new UntagPolicy(), new UntagPolicy.Request { PolicyArn = arn, TagKeys = ["A"] });
        Assert.Empty((await _server.Run(new ListPolicyTags(), new ListPolicyTags.Request { PolicyArn = arn })).Tags!);
    }

    private async Task<List<string?>> Names(ListPolicies.Request request) =>
        [.. (await _server.Run(new ListPolicies(), request)).Policies!.Select(p => p.PolicyName)];

    private async Task<(string Groups, string Users, string Roles)> Users(ListEntitiesForPolicy.Request request)
    {
        var reply = await _server.Run(new ListEntitiesForPolicy(), request);
        return (
            string.Join(' ', reply.PolicyGroups!.Select(g => g.GroupName)),
            string.Join(' ', reply.PolicyUsers!.Select(u => u.UserName)),
            string.Join(' ', reply.PolicyRoles!.Select(r => r.RoleName)));
    }
}
