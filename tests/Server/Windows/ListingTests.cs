using Casement.Server.Ssm;
using Casement.Server.Ssm.Windows;

namespace Casement.Server.Tests.Windows;

public sealed class ListingTests : IDisposable
{
    private readonly WindowServer _server = new();

    public void Dispose() => _server.Dispose();

    [Fact]
    public async Task Pages_of_ten_go_through_all_windows_in_order_of_creation_though_one_is_created_meanwhile()
    {
        List<string> made = [];
        for (var i = 0; i < 25; i++)
        {
            made.Add(await _server.Window($"W-{i}"));
        }

        List<string> seen = [];
        string? token = null;
        List<int> sizes = [];
        do
        {
            var page = await _server.Run(new DescribeMaintenanceWindows(), new() { MaxResults = 10, NextToken = token });
            seen.AddRange(page.WindowIdentities!.Select(w => w.WindowId!));
            sizes.Add(page.WindowIdentities!.Count);
            token = page.NextToken;
            if (sizes.Count == 1)
            {
                made.Add(await _server.Window("W-between"));
            }
        }
        while (token is not null);
        Assert.Equal(made, seen);
        Assert.Equal([10, 10, 6], sizes);
    }

    [Fact]
    public async Task A_last_page_that_is_exactly_full_has_no_token()
    {
        for (var i = 0; i < 10; i++)
        {
            await _server.Window();
        }

        var wire = WindowServer.Wire(await _server.Run(new DescribeMaintenanceWindows(), new() { MaxResults = 10 }));
        Assert.DoesNotContain("NextToken", wire, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_page_has_fifty_items_when_nobody_says_otherwise()
    {
        for (var i = 0; i < 51; i++)
        {
            await _server.Window();
        }

        Assert.Equal(50, (await _server.Run(new DescribeMaintenanceWindows(), new())).WindowIdentities!.Count);
    }

    [Fact]
    public async Task A_token_is_good_for_the_same_question_of_the_same_account_for_a_day()
    {
        for (var i = 0; i < 11; i++)
        {
            await _server.Window();
        }

        var question = new DescribeMaintenanceWindows.Request { MaxResults = 10 };
        var token = (await _server.Run(new DescribeMaintenanceWindows(), question)).NextToken!;
        Assert.Single((await _server.Run(new DescribeMaintenanceWindows(), new() { NextToken = token })).WindowIdentities!);
        DescribeMaintenanceWindows.Request[] wrong =
        [
            new() { NextToken = token, Filters = [new() { Key = "Enabled", Values = ["true"] }] },
            new() { NextToken = token[..^2] + (token[^2] == 'A' ? "B" : "A") + token[^1] },
            new() { NextToken = "rubbish" },
            new() { NextToken = "no base64!" },
        ];
        foreach (var request in wrong)
        {
            await _server.Refused(new DescribeMaintenanceWindows(), request, "ValidationException");
        }

        await _server.Refused(
            new DescribeMaintenanceWindowsForTarget(), new() { ResourceType = "INSTANCE", Targets = [WindowServer.By("tag-key", "a")], NextToken = token },
            "ValidationException");
        await Assert.ThrowsAsync<Casement.Aws.AwsException>(
            () => _server.Run(new DescribeMaintenanceWindows(), new() { NextToken = token }, scope: _server.Scope with { Region = "eu-west-1" }));
        _server.Real.MoveTo(_server.Real.GetUtcNow().AddHours(23));
        await _server.Run(new DescribeMaintenanceWindows(), new() { NextToken = token });
        _server.Real.MoveTo(_server.Real.GetUtcNow().AddHours(1));
        await _server.Refused(new DescribeMaintenanceWindows(), new() { NextToken = token }, "ValidationException");
    }

    [Fact]
    public async Task Names_are_filtered_by_their_beginning_and_states_by_truth()
    {
        var mine = await _server.Window("My-First");
        var other = await _server.Window("Your-First");
        var off = await _server.Window("My-Second");
        await _server.Run(new UpdateMaintenanceWindow(), new() { WindowId = off, Enabled = false });
        Assert.Equal([mine, off], await Ids(("Name", ["My"])));
        Assert.Equal([off], await Ids(("Name", ["My-Second"])));
        Assert.Equal([mine, other, off], await Ids(("Name", ["Your", "My", "My-"])));
        Assert.Equal([off], await Ids(("Name", ["My", "Your"]), ("Name", ["My-S", "X"])));
        Assert.Empty(await Ids(("Name", ["my"])));
        Assert.Equal([mine, other], await Ids(("Enabled", ["True"])));
        Assert.Equal([off], await Ids(("Enabled", ["false"]), ("Name", ["My"])));
        Assert.Equal([mine, other, off], await Ids(("Enabled", ["false", "true"])));
        Assert.Empty(await Ids(("Enabled", ["false"]), ("Enabled", ["true"])));
        var refusal = await _server.Refused(new DescribeMaintenanceWindows(), new() { Filters = [new() { Key = "State", Values = ["x"] }] }, "ValidationException");
        Assert.Equal("Unsupported filter key: State. Supported keys: Name, Enabled", refusal.Message);
        await _server.Refused(new DescribeMaintenanceWindows(), new() { Filters = [new() { Key = "Enabled", Values = ["yes"] }] }, "ValidationException");
    }

    [Fact]
    public async Task A_disabled_window_is_listed_without_a_next_opening()
    {
        var id = await _server.Window();
        await _server.Run(new UpdateMaintenanceWindow(), new() { WindowId = id, Enabled = false });
        var wire = WindowServer.Wire(await _server.Run(new DescribeMaintenanceWindows(), new()));
        Assert.Equal(
            $$"""{"WindowIdentities":[{"WindowId":"{{id}}","Name":"Patching","Enabled":false,"Duration":3,"Cutoff":1,"Schedule":"cron(0 2 ? * SUN *)"}]}""", wire);
    }

    [Fact]
    public async Task Another_account_sees_nothing()
    {
        var id = await _server.Window();
        var other = new Casement.Storage.Scope("210987654321", "us-east-1");
        Assert.Empty((await _server.Run(new DescribeMaintenanceWindows(), new(), scope: other)).WindowIdentities!);
        var refusal = await Assert.ThrowsAsync<Casement.Aws.AwsException>(() => _server.Run(new GetMaintenanceWindow(), new() { WindowId = id }, scope: other));
        Assert.Equal("DoesNotExistException", refusal.Code);
    }

    [Fact]
    public async Task The_openings_of_one_window_ascend_and_their_list_goes_on()
    {
        var id = await _server.Window(schedule: "cron(0 2 ? * SUN *)");
        var first = await Schedule(new() { WindowId = id, MaxResults = 2 });
        Assert.Equal(["2026-03-08T02:00Z", "2026-03-15T02:00Z"], first.Times);
        Assert.Equal(["2026-03-22T02:00Z", "2026-03-29T02:00Z"], (await Schedule(new() { WindowId = id, MaxResults = 2, NextToken = first.Token })).Times);
        await _server.Refused(new DescribeMaintenanceWindowSchedule(), new() { WindowId = WindowServer.NoWindow }, "DoesNotExistException");
    }

    [Fact]
    public async Task The_openings_of_all_windows_are_merged_and_pages_neither_lose_nor_repeat_any()
    {
        var weekly = await _server.Window("weekly", schedule: "cron(0 2 ? * SUN *)");
        var daily = await _server.Window("daily", schedule: "cron(0 2 ? * * *)");
        var once = await _server.Window("once", schedule: "at(2026-03-08T02:00:00)");
        var off = await _server.Window("off");
        await _server.Run(new UpdateMaintenanceWindow(), new() { WindowId = off, Enabled = false });
        List<(string, string)> expected =
        [
            (daily, "2026-03-07T02:00Z"), (weekly, "2026-03-08T02:00Z"), (daily, "2026-03-08T02:00Z"), (once, "2026-03-08T02:00Z"), (daily, "2026-03-09T02:00Z"),
        ];
        List<(string, string)> seen = [];
        string? token = null;
        do
        {
            var page = await _server.Run(new DescribeMaintenanceWindowSchedule(), new()
            {
                MaxResults = 1,
                NextToken = token,
                Filters = [new() { Key = "ScheduledAfter", Values = ["2026-03-06T02:00:00Z"] }, new() { Key = "ScheduledBefore", Values = ["2026-03-10T02:00:00Z"] }],
            });
            seen.AddRange(page.ScheduledWindowExecutions!.Select(s => (s.WindowId!, s.ExecutionTime!)));
            token = page.NextToken;
        }
        while (token is not null);
        Assert.Equal(expected, seen);
    }

    [Fact]
    public async Task Many_windows_are_merged_like_sorting_all_their_openings()
    {
        for (var i = 1; i <= 230; i++)
        {
            await _server.Window($"W-{i:D3}", schedule: i == 1 ? "rate(1 hour)" : $"rate({i} hours)");
        }

        var start = _server.Time.GetUtcNow();
        var expected = Enumerable.Range(1, 230)
            .SelectMany(i => Enumerable.Range(1, 240 / i).Select(k => (Hours: i * k, Window: i)))
            .Where(o => o.Hours < 240).Order().Take(400)
            .Select(o => $"W-{o.Window:D3} {start.AddHours(o.Hours):yyyy-MM-dd'T'HH:mm:ss.fff'Z'}").ToList();
        var first = await _server.Run(new DescribeMaintenanceWindowSchedule(), new() { MaxResults = 150 });
        var second = await _server.Run(new DescribeMaintenanceWindowSchedule(), new() { MaxResults = 250, NextToken = first.NextToken });
        Assert.Equal(expected, first.ScheduledWindowExecutions!.Concat(second.ScheduledWindowExecutions!).Select(s => $"{s.Name} {s.ExecutionTime}"));
    }

    [Fact]
    public async Task A_page_of_openings_is_capped_at_a_thousand()
    {
        var id = await _server.Window(schedule: "rate(1 minute)");
        Assert.Equal(1000, (await Schedule(new() { WindowId = id, MaxResults = 100_000 })).Times.Count);
    }

    [Fact]
    public async Task Targets_and_their_type_come_together()
    {
        await _server.Refused(new DescribeMaintenanceWindowSchedule(), new() { ResourceType = "INSTANCE" }, "ValidationException");
        await _server.Refused(new DescribeMaintenanceWindowSchedule(), new() { Targets = [WindowServer.By("tag-key", "a")] }, "ValidationException");
        await _server.Refused(
            new DescribeMaintenanceWindowSchedule(), new() { Filters = [new() { Key = "ScheduledAfter", Values = ["soon"] }] }, "ValidationException");
    }

    [Fact]
    public async Task A_node_is_found_by_its_id_its_tags_and_the_tasks_that_name_it()
    {
        await _server.Database.Write(tx => Storage.Tags.Set(
            tx, _server.Scope, Storage.Nodes.TagKind, "mi-1", [KeyValuePair.Create("Env", "Prod"), KeyValuePair.Create("Role", "Web")]));
        var byId = await _server.Window("by-id");
        await _server.Target(byId, WindowServer.By("InstanceIds", "mi-1", "mi-9"));
        var byTag = await _server.Window("by-tag");
        await _server.Target(byTag, WindowServer.By("tag:Env", "Test", "Prod"), WindowServer.By("tag-key", "Env", "Role"));
        var byTask = await _server.Window("by-task", unassociated: true);
        await _server.Register(WindowServer.Task(byTask, WindowServer.By("InstanceIds", "mi-1")));
        var otherTag = await _server.Window("other-tag");
        await _server.Target(otherTag, WindowServer.By("tag:Env", "Prod"), WindowServer.By("tag:Role", "Database"));
        var group = await _server.Window("group");
        await _server.Run(new RegisterTargetWithMaintenanceWindow(), new()
        {
            WindowId = group, ResourceType = "RESOURCE_GROUP", Targets = [WindowServer.By("resource-groups:Name", "g")],
        });

        Assert.Equal(["by-id", "by-tag", "by-task"], await For("INSTANCE", WindowServer.By("InstanceIds", "mi-1")));
        Assert.Equal(["by-id"], await For("INSTANCE", WindowServer.By("InstanceIds", "mi-9")));
        Assert.Equal(["by-id", "by-tag", "by-task", "other-tag"], await For("INSTANCE", WindowServer.By("tag:Env", "Prod")));
        Assert.Equal(["by-id", "by-tag", "by-task"], await For("INSTANCE", WindowServer.By("tag-key", "Env")));
        Assert.Equal(["other-tag"], await For("INSTANCE", WindowServer.By("tag:Role", "Database")));
        Assert.Equal(["group"], await For("RESOURCE_GROUP", WindowServer.By("resource-groups:Name", "g")));
        Assert.Empty(await For("RESOURCE_GROUP", WindowServer.By("resource-groups:Name", "h")));

        var openings = await _server.Run(new DescribeMaintenanceWindowSchedule(), new()
        {
            ResourceType = "INSTANCE", Targets = [WindowServer.By("InstanceIds", "mi-1")], MaxResults = 3,
        });
        Assert.Equal([byId, byTag, byTask], openings.ScheduledWindowExecutions!.Select(s => s.WindowId));
    }

    private async Task<List<string>> Ids(params (string Key, string[] Values)[] filters) =>
        [.. (await _server.Run(new DescribeMaintenanceWindows(), new()
        {
            Filters = [.. filters.Select(f => new MaintenanceWindowFilter { Key = f.Key, Values = f.Values })],
        })).WindowIdentities!.Select(w => w.WindowId!)];

    private async Task<List<string>> For(string type, params Target[] targets) =>
        [.. (await _server.Run(new DescribeMaintenanceWindowsForTarget(), new() { ResourceType = type, Targets = targets })).WindowIdentities!.Select(w => w.Name!)];

    private async Task<(List<string> Times, string? Token)> Schedule(DescribeMaintenanceWindowSchedule.Request request)
    {
        var reply = await _server.Run(new DescribeMaintenanceWindowSchedule(), request);
        return ([.. reply.ScheduledWindowExecutions!.Select(s => s.ExecutionTime!)], reply.NextToken);
    }
}
