using Casement.Server.Iam.Actions;
using Casement.Server.Ssm.Windows;
using Casement.Server.Tests.Windows;
using Casement.Storage;
using Casement.Storage.Tests;

namespace Casement.Server.Tests.Faults;

/// <summary>What a caller, the caches and the trail are left with when a commit is refused, or nobody knows what became of it.</summary>
public sealed class WriteTests : IDisposable
{
    private const string Deny = """{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"*","Resource":"*"}]}""";

    private readonly PlannedFaults _faults = new();
    private readonly WindowServer _server;

    public WriteTests() => _server = new WindowServer(faults: _faults.Next);

    public void Dispose() => _server.Dispose();

    [Fact]
    public async Task A_refused_commit_is_a_500_that_says_why_and_leaves_nothing()
    {
        _faults.Plan(new CommitFault.Refused());
        var refused = await _server.Refused(new CreateMaintenanceWindow(), Create("nightly"), "InternalServerError");
        Assert.Equal(500, refused.Status);
        Assert.StartsWith("The database could not be written: ", refused.Message, StringComparison.Ordinal);
        Assert.Equal((0, 0, 0), (Count("windows"), Count("client_tokens"), Count("audit")));
        Assert.Equal(0, _server.ClockBells);

        await _server.Run(new CreateMaintenanceWindow(), Create("nightly"));
        Assert.Equal((1, 1, 1), (Count("windows"), Count("client_tokens"), Count("audit")));
        Assert.Equal(1, _server.ClockBells);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task After_an_unknown_end_the_retry_with_its_token_makes_one_window_in_either_case(bool kept)
    {
        _faults.Plan(new CommitFault.Lost(kept));
        var unknown = await _server.Refused(new CreateMaintenanceWindow(), Create("nightly"), "InternalServerError");
        Assert.Equal(500, unknown.Status);
        Assert.StartsWith("It is not known whether the database was written: ", unknown.Message, StringComparison.Ordinal);
        Assert.Equal(kept ? 1 : 0, Count("windows"));
        Assert.Equal(1, _server.ClockBells);

        var id = (await _server.Run(new CreateMaintenanceWindow(), Create("nightly"))).WindowId!;
        Assert.Equal(1, Count("windows"));
        Assert.Equal("nightly", (await _server.Run(new GetMaintenanceWindow(), new() { WindowId = id })).Name);
        Assert.Null(_server.Database.Read(AuditTrail.FirstBroken));
    }

    [Fact]
    public async Task A_denial_that_may_be_there_holds_for_the_very_next_request()
    {
        var user = await _server.UserWhoMay("ssm:*");
        await _server.Run(new DescribeMaintenanceWindows(), new(), user);
        _faults.Plan(new CommitFault.Lost(Kept: true));
        await _server.Refused(new PutUserPolicy(), new() { UserName = user.Name, PolicyName = "stop", PolicyDocument = Deny }, "InternalServerError");
        await _server.Refused(new DescribeMaintenanceWindows(), new(), "AccessDeniedException", user);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_denial_that_is_not_there_denies_nothing(bool refused)
    {
        var user = await _server.UserWhoMay("ssm:*");
        await _server.Run(new DescribeMaintenanceWindows(), new(), user);
        _faults.Plan(refused ? new CommitFault.Refused() : new CommitFault.Lost(Kept: false));
        await _server.Refused(new PutUserPolicy(), new() { UserName = user.Name, PolicyName = "stop", PolicyDocument = Deny }, "InternalServerError");
        await _server.Run(new DescribeMaintenanceWindows(), new(), user);
        await _server.Run(new PutUserPolicy(), new() { UserName = user.Name, PolicyName = "stop", PolicyDocument = Deny });
        await _server.Refused(new DescribeMaintenanceWindows(), new(), "AccessDeniedException", user);
    }

    [Fact]
    public async Task What_is_denied_is_not_done_though_the_denial_cannot_be_recorded()
    {
        var user = await _server.UserWhoMay("ssm:DescribeMaintenanceWindows");
        _faults.Plan(new CommitFault.Refused());
        await _server.Refused(new CreateMaintenanceWindow(), Create("nightly"), "InternalServerError", user);
        Assert.Equal(0, Count("windows"));
        await _server.Refused(new CreateMaintenanceWindow(), Create("nightly"), "AccessDeniedException", user);
    }

    [Fact]
    public async Task While_nothing_can_be_written_reads_are_answered_and_recorded_later_and_too_many_are_counted()
    {
        var window = await _server.Window();
        _faults.Always = new CommitFault.Refused();
        await _server.Refused(new CreateMaintenanceWindow(), Create("nightly"), "InternalServerError");
        Assert.Equal("Patching", (await _server.Run(new GetMaintenanceWindow(), new() { WindowId = window })).Name);

        // the trail is not written yet: more than it can hold waits
        const int Others = 20_000;
        for (var i = 0; i < Others; i++)
        {
            await _server.Backstage.Audit.Gathered(new AuditEntry(i, _server.Scope, "nobody", "ssm:Read", "", "allow", null, "r", null, null)).AsTask()
                .WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        }

        _server.Backstage.Audit.Start();
        _faults.Always = null;
        Assert.True(SpinWait.SpinUntil(() => _server.Database.Read(tx => tx.Any("SELECT 1 FROM audit WHERE action='casement:LoseAuditRows'")), TimeSpan.FromSeconds(30)));
        Assert.True(SpinWait.SpinUntil(
            () => _server.Database.Read(tx => tx.Count("SELECT count(*) FROM audit WHERE action='ssm:Read'")) + Lost() == Others, TimeSpan.FromSeconds(30)));
        Assert.InRange(Lost(), 1, Others);
        Assert.Equal(1, _server.Database.Read(tx => tx.Count("SELECT count(*) FROM audit WHERE action='ssm:GetMaintenanceWindow'")));
        Assert.Null(_server.Database.Read(AuditTrail.FirstBroken));
    }

    [Fact]
    public async Task Rows_of_the_trail_whose_commit_may_be_there_are_there_once()
    {
        await _server.Window();
        _faults.Plan(new CommitFault.Lost(Kept: true));
        await _server.Backstage.Audit.Gathered(new AuditEntry(1, _server.Scope, "nobody", "ssm:Read", "", "allow", null, Ids.Uuid(), null, null));
        _server.Backstage.Audit.Start();
        Assert.True(SpinWait.SpinUntil(() => Reads() == 1, TimeSpan.FromSeconds(30)));
        await _server.Backstage.Audit.Gathered(new AuditEntry(2, _server.Scope, "nobody", "ssm:Other", "", "allow", null, Ids.Uuid(), null, null));
        Assert.True(SpinWait.SpinUntil(() => _server.Database.Read(tx => tx.Any("SELECT 1 FROM audit WHERE action='ssm:Other'")), TimeSpan.FromSeconds(30)));
        Assert.Equal(1, Reads());

        long Reads() => _server.Database.Read(tx => tx.Count("SELECT count(*) FROM audit WHERE action='ssm:Read'"));
    }

    [Fact]
    public async Task A_statement_that_fails_wherever_it_stands_leaves_a_registered_task_whole_or_absent()
    {
        var window = await _server.Window(unassociated: true);
        for (var number = 1; number <= 12; number++)
        {
            var (tasks, rows) = (Count("window_tasks"), Count("audit"));
            _faults.Plan(new CommitFault.AtStatement(number, LosesTransaction: number % 2 == 0));
            var failed = await Record.ExceptionAsync(() => _server.Register(WindowServer.Task(window, WindowServer.By("InstanceIds", "i-0123456789abcdef0")))) is not null;
            Assert.Equal((tasks + (failed ? 0 : 1), rows + (failed ? 0 : 1)), (Count("window_tasks"), Count("audit")));
        }

        Assert.InRange(Count("window_tasks"), 1, 11);
    }

    private static CreateMaintenanceWindow.Request Create(string name) => WindowServer.Definition(name) with { ClientToken = name };

    private long Lost() => _server.Database.Read(tx => tx.Count("SELECT coalesce(sum(json_extract(doc, '$.lost')), 0) FROM audit WHERE action='casement:LoseAuditRows'"));

    private long Count(string table) => _server.Database.Read(tx => tx.Count($"SELECT count(*) FROM {table}"));
}
