using Casement.Server.Iam;
using Casement.Server.Iam.Actions;
using Casement.Server.Operations;

namespace Casement.Server.Tests.Iam;

/// <summary>Roles in the hands of Systems Manager: those handed to it, and the one it makes itself.</summary>
public sealed class ServiceRoleTests : IDisposable
{
    private const string Window = "arn:aws:ssm:us-east-2:111122223333:maintenancewindow/mw-0c50858d01EXAMPLE";

    private readonly IamServer _server = new();

    public void Dispose() => _server.Dispose();

    [Fact]
    public async Task A_service_assumes_a_role_that_trusts_it_and_acts_within_its_policies()
    {
        var role = await _server.Role("window", IamServer.TrustSsm, IamServer.Allow("iam:ListUsers"));
        var session = Assert.IsType<Assumption.Assumed>(Assume(role)).Session;
        Assert.Equal("arn:aws:sts::111122223333:assumed-role/window/run-1", session.Arn);
        await _server.Run(new ListUsers(), new(), session, Source.Engine);
        Assert.StartsWith("403 AccessDenied", await _server.Refused(new ListRoles(), new(), session, Source.Engine), StringComparison.Ordinal);
        await _server.Run(new DeleteRolePolicy(), new() { RoleName = "window", PolicyName = "p0" });
        Assert.StartsWith("403 AccessDenied", await _server.Refused(new ListUsers(), new(), session, Source.Engine), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_not_a_role_and_what_does_not_trust_are_told_apart()
    {
        var ec2 = await _server.Role("ec2", IamServer.TrustSsm.Replace("ssm.", "ec2.", StringComparison.Ordinal));
        Assert.IsType<Assumption.NotTrusted>(Assume(ec2));
        Assert.IsType<Assumption.NoSuchRole>(Assume("arn:aws:iam::111122223333:role/ghost"));
        Assert.IsType<Assumption.NoSuchRole>(Assume("arn:aws:iam::111122223333:role/EC2"));
        Assert.IsType<Assumption.NoSuchRole>(Assume("arn:aws:iam::111122223333:role/x/ec2"));
        Assert.IsType<Assumption.NoSuchRole>(Assume("nonsense"));
    }

    [Fact]
    public async Task Another_accounts_role_does_not_exist_for_a_window()
    {
        var role = await _server.Role("window", IamServer.TrustSsm);
        var wish = new ServiceAssumption("222233334444", role, "ssm.amazonaws.com", "run-1");
        Assert.IsType<Assumption.NoSuchRole>(RoleSessions.AssumeForService(_server.Backstage, wish));
    }

    [Theory]
    [InlineData("aws:SourceAccount", "111122223333", true)]
    [InlineData("aws:SourceAccount", "999999999999", false)]
    [InlineData("aws:SourceArn", Window, true)]
    [InlineData("aws:SourceArn", "arn:aws:ssm:us-east-2:111122223333:maintenancewindow/mw-other", false)]
    public async Task A_trust_policy_may_limit_the_source(string key, string value, bool trusted)
    {
        var condition = $"\"Condition\":{{\"StringEquals\":{{\"{key}\":\"{value}\"}}}},\"Action\"";
        var trust = IamServer.TrustSsm.Replace("\"Action\"", condition, StringComparison.Ordinal);
        var role = await _server.Role("window", trust);
        Assert.Equal(trusted, Assume(role) is Assumption.Assumed);
    }

    [Fact]
    public async Task A_role_created_again_runs_again_since_tasks_hold_its_ARN()
    {
        var role = await _server.Role("window", IamServer.TrustSsm);
        await _server.Run(new DeleteRole(), new() { RoleName = "window" });
        Assert.IsType<Assumption.NoSuchRole>(Assume(role));
        await _server.Role("window", IamServer.TrustSsm);
        Assert.IsType<Assumption.Assumed>(Assume(role));
    }

    [Fact]
    public async Task A_nodes_session_carries_its_node()
    {
        var role = await _server.Role("node", IamServer.TrustSsm);
        var wish = new ServiceAssumption(IamServer.Account, role, "ssm.amazonaws.com", "mi-0123456789abcdef0")
        {
            Node = new NodeSeat("mi-0123456789abcdef0", IamServer.Region),
        };
        var session = Assert.IsType<Assumption.Assumed>(RoleSessions.AssumeForService(_server.Backstage, wish)).Session;
        Assert.Equal(wish.Node, session.Node);
    }

    [Fact]
    public async Task The_service_linked_role_is_made_with_the_callers_permission()
    {
        var carl = await _server.User("carl", IamServer.Allow("ssm:*"));
        var bob = await _server.User("bob");
        await _server.Run(new AttachUserPolicy(), new() { UserName = "bob", PolicyArn = "arn:aws:iam::aws:policy/AmazonSSMFullAccess" });
        var refusal = await _server.Refused(new NeedsServiceLinkedRole(), new(), carl);
        Assert.Equal(
            "400 AccessDeniedException: User: arn:aws:iam::111122223333:user/carl is not authorized to perform: iam:CreateServiceLinkedRole on resource: arn:aws:iam::111122223333:role/aws-service-role/ssm.amazonaws.com/AWSServiceRoleForAmazonSSM because no identity-based policy allows the iam:CreateServiceLinkedRole action",
            refusal);
        Assert.Equal(
            "404 NoSuchEntity: The role with name AWSServiceRoleForAmazonSSM cannot be found.",
            await _server.Refused(new GetRole(), new() { RoleName = "AWSServiceRoleForAmazonSSM" }));

        await _server.Run(new NeedsServiceLinkedRole(), new(), bob);
        var role = (await _server.Run(new GetRole(), new() { RoleName = "AWSServiceRoleForAmazonSSM" })).Role!;
        Assert.Equal(ServiceLinkedRole.ArnIn(IamServer.Account), role.Arn);
        Assert.IsType<Assumption.Assumed>(Assume(role.Arn!));

        // once it is there, nobody needs the permission
        await _server.Run(new NeedsServiceLinkedRole(), new(), carl);
    }

    private Assumption Assume(string roleArn) => RoleSessions.AssumeForService(
        _server.Backstage, new ServiceAssumption(IamServer.Account, roleArn, "ssm.amazonaws.com", "run-1") { SourceArn = Window });

    /// <summary>As registering a task without a role does.</summary>
    private sealed class NeedsServiceLinkedRole : Operation<NeedsServiceLinkedRole.Request, Nothing>
    {
        public override Service Service => Service.Ssm;

        public override Effect Effect => Effect.Write;

        protected override IEnumerable<Access> Needs(Request request, Call call) => [];

        protected override async Task<Nothing> Handle(Request request, Call call)
        {
            await ServiceLinkedRole.Demand(call);
            await call.Write(tx => ServiceLinkedRole.Ensure(tx, call));
            return Nothing.Instance;
        }

        public sealed record Request;
    }
}
