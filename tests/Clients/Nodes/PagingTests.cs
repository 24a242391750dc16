using System.Globalization;
using System.Text.Json;
using System.Xml.Linq;

namespace Casement.Clients.Tests.Nodes;

/// <summary>
/// Every listing is read with its smallest page while a row is inserted: each row that was there comes exactly once and in
/// its order, the new one at most once, every page but the last is full, and the last has no token at all.
/// </summary>
public sealed class PagingTests(PagingStage stage) : IClassFixture<PagingStage>
{
    private sealed record Listing(string Operation, int Page, string List, string Key, Func<PagingStage, object> Request, Func<PagingStage, Task> Insert)
    {
        public int Least { get; init; } = PagingStage.Rows;
    }

    private sealed record IamListing(string Action, string List, string Key, Func<PagingStage, (string, string)[]> Form);

    private static readonly Listing[] Ssm =
    [
        new("DescribeMaintenanceWindows", 10, "WindowIdentities", "WindowId", _ => new { }, s => s.AddWindow()),
        new("DescribeMaintenanceWindowsForTarget", 1, "WindowIdentities", "WindowId",
            s => new { ResourceType = "INSTANCE", Targets = new[] { new { Key = "InstanceIds", Values = s.Nodes.Take(1) } } }, s => s.AddWindow()),
        new("DescribeMaintenanceWindowTargets", 10, "Targets", "WindowTargetId", s => new { WindowId = s.Window }, s => s.AddTarget()),
        new("DescribeMaintenanceWindowTasks", 10, "Tasks", "WindowTaskId", s => new { WindowId = s.Window }, s => s.AddTask()) { Least = 19 },
        new("DescribeMaintenanceWindowExecutions", 10, "WindowExecutions", "WindowExecutionId", s => new { WindowId = s.Window }, s => s.AddExecution()),
        new("DescribeMaintenanceWindowExecutionTasks", 10, "WindowExecutionTaskIdentities", "TaskExecutionId",
            s => new { WindowExecutionId = s.Execution }, _ => Task.CompletedTask) { Least = 19 },
        new("ListCommands", 1, "Commands", "CommandId", _ => new { }, s => s.AddCommand()),
        new("ListCommandInvocations", 1, "CommandInvocations", "CommandId", _ => new { }, s => s.AddCommand()),
        new("DescribeInstanceInformation", 5, "InstanceInformationList", "InstanceId", _ => new { }, s => s.AddNode()),
        new("DescribeActivations", 1, "ActivationList", "ActivationId", _ => new { }, s => s.AddActivation()),
    ];

    private static readonly IamListing[] Iam =
    [
        new("ListUsers", "Users", "UserName", _ => []),
        new("ListGroups", "Groups", "GroupName", _ => []),
        new("ListRoles", "Roles", "RoleName", _ => []),
        new("ListPolicies", "Policies", "PolicyName", _ => [("Scope", "Local")]),
        new("GetGroup", "Users", "UserName", _ => [("GroupName", "row-00")]),
        new("ListGroupsForUser", "Groups", "GroupName", _ => [("UserName", "row-00")]),
        new("ListAttachedUserPolicies", "AttachedPolicies", "PolicyName", _ => [("UserName", "row-00")]),
        new("ListAttachedGroupPolicies", "AttachedPolicies", "PolicyName", _ => [("GroupName", "row-00")]),
        new("ListAttachedRolePolicies", "AttachedPolicies", "PolicyName", _ => [("RoleName", "row-00")]),
        new("ListUserPolicies", "PolicyNames", "", _ => [("UserName", "row-00")]),
        new("ListGroupPolicies", "PolicyNames", "", _ => [("GroupName", "row-00")]),
        new("ListRolePolicies", "PolicyNames", "", _ => [("RoleName", "row-00")]),
        new("ListUserTags", "Tags", "Key", _ => [("UserName", "row-00")]),
        new("ListRoleTags", "Tags", "Key", _ => [("RoleName", "row-00")]),
        new("ListPolicyTags", "Tags", "Key", s => [("PolicyArn", s.Policy(0))]),
        new("ListEntitiesForPolicy", "PolicyUsers", "UserName", s => [("PolicyArn", s.Policy(0)), ("EntityFilter", "User")]),
    ];

    public static TheoryData<string> SsmOperations => [.. Ssm.Select(listing => listing.Operation)];

    public static TheoryData<string> IamActions => [.. Iam.Select(listing => listing.Action)];

    [Theory]
    [MemberData(nameof(SsmOperations))]
    public async Task Systems_Manager_lists_page_by_page(string operation)
    {
        var listing = Ssm.Single(candidate => candidate.Operation == operation);
        var before = (await Read(listing, null, null)).SelectMany(page => page).ToList();
        Assert.True(before.Count >= listing.Least, $"only {before.Count} rows");
        Assert.Equal(before.Count, before.Distinct().Count());

        var pages = await Read(listing, listing.Page, () => listing.Insert(stage));
        Check(before, pages, listing.Page);
    }

    [Theory]
    [MemberData(nameof(IamActions))]
    public async Task IAM_lists_page_by_page(string action)
    {
        var listing = Iam.Single(candidate => candidate.Action == action);
        var before = (await Read(listing, null, null)).SelectMany(page => page).ToList();
        Assert.True(before.Count >= PagingStage.Rows, $"only {before.Count} rows");

        // amid the names that are there
        var pages = await Read(listing, 1, () => stage.AddEntity($"10-{action}"));
        Check(before, pages, 1);
        Assert.Contains($"row-10-{action}", pages.SelectMany(page => page));
    }

    [Fact]
    public async Task Occurrences_are_paged_through_in_order()
    {
        var seen = new List<string>();
        string? token = null;
        while (seen.Count < PagingStage.Rows)
        {
            var reply = await stage.Api.Ssm("DescribeMaintenanceWindowSchedule", new { WindowId = stage.Window, MaxResults = 1, NextToken = token });
            seen.Add(Assert.Single(reply.List("ScheduledWindowExecutions")).Text("ExecutionTime"));
            token = reply.Text("NextToken");
        }

        var instants = seen.ConvertAll(time => DateTimeOffset.Parse(time, CultureInfo.InvariantCulture));
        Assert.All(instants.Zip(instants.Skip(1)), pair => Assert.Equal(TimeSpan.FromHours(1), pair.Second - pair.First));
    }

    private static void Check(List<string> before, List<List<string>> pages, int size)
    {
        Assert.All(pages.SkipLast(1), page => Assert.Equal(size, page.Count));
        Assert.InRange(pages[^1].Count, 1, size);
        var all = pages.SelectMany(page => page).ToList();
        Assert.Equal(all.Count, all.Distinct().Count());
        Assert.Equal(before, all.Intersect(before));
        Assert.InRange(all.Count, before.Count, before.Count + 1);
    }

    private async Task<List<List<string>>> Read(Listing listing, int? size, Func<Task>? afterFirst)
    {
        var pages = new List<List<string>>();
        string? token = null;
        do
        {
            var request = JsonSerializer.SerializeToNode(listing.Request(stage))!.AsObject();
            request["MaxResults"] = size ?? 50;
            if (token is not null)
            {
                request["NextToken"] = token;
            }

            var reply = await stage.Api.Ssm(listing.Operation, request);
            pages.Add([.. reply.List(listing.List).Select(row => row.Text(listing.Key))]);
            var more = reply.TryGetProperty("NextToken", out var next);
            token = more ? next.GetString() : null;
            Assert.True(!more || token is { Length: > 0 }, "A token that is empty instead of absent");
            if (pages.Count == 1 && afterFirst is not null)
            {
                await afterFirst();
            }
        }
        while (token is not null);
        return pages;
    }

    private async Task<List<List<string>>> Read(IamListing listing, int? size, Func<Task>? afterFirst)
    {
        var pages = new List<List<string>>();
        var marker = "";
        do
        {
            (string, string)[] paging = marker.Length == 0 ? [] : [("Marker", marker)];
            var reply = await stage.Api.Iam(
                listing.Action, [.. listing.Form(stage), ("MaxItems", (size ?? 100).ToString(CultureInfo.InvariantCulture)), .. paging]);
            var root = XDocument.Parse(reply.Text).Root!;
            var list = root.Descendants(root.Name.Namespace + listing.List).Single();
            pages.Add([.. list.Elements(root.Name.Namespace + "member")
                .Select(row => listing.Key.Length == 0 ? row.Value : row.Element(root.Name.Namespace + listing.Key)!.Value)]);
            marker = reply.Element("Marker");
            Assert.Equal(marker.Length > 0, reply.Text.Contains("<Marker>", StringComparison.Ordinal));
            Assert.Equal(marker.Length > 0 ? "true" : "false", reply.Element("IsTruncated"));
            if (pages.Count == 1 && afterFirst is not null)
            {
                await afterFirst();
            }
        }
        while (marker.Length > 0);
        return pages;
    }
}
