using Casement.Server.Ssm;
using Casement.Server.Ssm.Nodes;
using Casement.Server.Ssm.Tags;

namespace Casement.Server.Tests.Nodes;

public sealed class DescribeTests : IDisposable
{
    private readonly NodeServer _server = new();

    public void Dispose() => _server.Dispose();

    [Fact]
    public async Task A_heartbeat_that_names_little_keeps_what_is_known()
    {
        var node = await _server.Node();
        await node.Report("Linux", "3.3.0.0");
        await node.Report(platform: "Linux");

        var shown = Assert.Single(await List(new DescribeInstanceInformation.Request()));
        Assert.Equal(("Online", "Linux", "3.3.0.0"), (shown.PingStatus, shown.PlatformType, shown.AgentVersion));
    }

    [Fact]
    public async Task A_moved_clock_makes_no_node_look_lost()
    {
        var node = await _server.Node();
        await node.Report("Linux");
        await _server.Pass(TimeSpan.FromDays(3));

        Assert.Equal("Online", Assert.Single(await List(new DescribeInstanceInformation.Request())).PingStatus);
    }

    [Theory]
    [InlineData("PingStatus", "Online", true)]
    [InlineData("PingStatus", "ConnectionLost", false)]
    [InlineData("PlatformTypes", "Linux", true)]
    [InlineData("PlatformTypes", "Windows", false)]
    [InlineData("ResourceType", "ManagedInstance", true)]
    [InlineData("ResourceType", "EC2Instance", false)]
    [InlineData("IamRole", "AmazonEC2RunCommandRoleForManagedInstances", true)]
    [InlineData("tag-key", "env", true)]
    [InlineData("tag-key", "Env", false)]
    [InlineData("tag:env", "prod", true)]
    [InlineData("tag:env", "dev", false)]
    [InlineData("AssociationStatus", "Success", false)]
    public async Task A_filter_finds_what_fits(string key, string value, bool fits)
    {
        var node = await _server.Node(new Tag { Key = "env", Value = "prod" });
        await node.Report("Linux", "3.3.0.0");

        Assert.Equal(fits ? 1 : 0, (await List(Filtered(key, value))).Count);
    }

    [Fact]
    public async Task The_older_form_of_filters_finds_the_same()
    {
        var node = await _server.Node();
        await _server.Node();
        var found = await List(new DescribeInstanceInformation.Request
        {
            InstanceInformationFilterList = [new() { Key = "InstanceIds", ValueSet = [node.Id] }],
        });

        Assert.Equal(node.Id, Assert.Single(found).InstanceId);
    }

    [Theory]
    [InlineData("Nonsense", "x", "InvalidFilterKey")]
    [InlineData("PingStatus", "Sleeping", "InvalidInstanceInformationFilterValue")]
    [InlineData("InstanceIds", "mi-00000000000000000", "InvalidInstanceId")]
    public async Task A_filter_that_cannot_be_is_refused(string key, string value, string code) =>
        Assert.Equal(code, (await _server.Refused(new DescribeInstanceInformation(), Filtered(key, value))).Code);

    [Fact]
    public async Task The_two_forms_of_filters_do_not_mix() => Assert.Equal("ValidationException", (await _server.Refused(
        new DescribeInstanceInformation(), Filtered("tag-key", "a") with { InstanceInformationFilterList = [new() { Key = "PingStatus", ValueSet = ["Online"] }] })).Code);

    [Fact]
    public async Task Pages_show_each_node_once_while_others_register()
    {
        var activation = await _server.Activation();
        var ids = new List<string>();
        for (var i = 0; i < 25; i++)
        {
            ids.Add((await _server.Node(activation)).Id);
            _server.Time.MoveTo(_server.Time.GetUtcNow().AddMilliseconds(i % 3));
        }

        var seen = new List<string>();
        string? token = null;
        do
        {
            var page = await _server.Run(new DescribeInstanceInformation(), new DescribeInstanceInformation.Request { MaxResults = 5, NextToken = token });
            Assert.InRange(page.InstanceInformationList!.Count, 1, 5);
            seen.AddRange(page.InstanceInformationList.Select(i => i.InstanceId!));
            token = page.NextToken;
            if (seen.Count == 10)
            {
                _server.Time.MoveTo(_server.Time.GetUtcNow().AddMilliseconds(1));
                ids.Add((await _server.Node(activation)).Id);
            }
        }
        while (token is not null);

        Assert.Equal(ids.Order(StringComparer.Ordinal), seen.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_token_opens_its_own_listing_only()
    {
        var activation = await _server.Activation();
        for (var i = 0; i < 6; i++)
        {
            await _server.Node(activation);
        }

        var page = await _server.Run(new DescribeInstanceInformation(), new DescribeInstanceInformation.Request { MaxResults = 5 });
        var refusal = await _server.Refused(new DescribeInstanceInformation(), Filtered("PingStatus", "Online") with { NextToken = page.NextToken });

        Assert.Equal("InvalidNextToken", refusal.Code);
    }

    [Fact]
    public async Task Tags_of_nodes_are_set_changed_and_removed()
    {
        var node = await _server.Node(new Tag { Key = "env", Value = "dev" });
        await _server.Run(new AddTagsToResource(), new AddTagsToResource.Request
        {
            ResourceType = "ManagedInstance",
            ResourceId = node.Id,
            Tags = [new Tag { Key = "env", Value = "prod" }, new Tag { Key = "role", Value = "db" }],
        });
        await _server.Run(new RemoveTagsFromResource(), new RemoveTagsFromResource.Request { ResourceType = "ManagedInstance", ResourceId = node.Id, TagKeys = ["role", "absent"] });

        var tags = await _server.Run(new ListTagsForResource(), new ListTagsForResource.Request { ResourceType = "ManagedInstance", ResourceId = node.Id });
        Assert.Equal([new Tag { Key = "env", Value = "prod" }], tags.TagList!);
    }

    [Theory]
    [InlineData("ManagedInstance", "mi-00000000000000000", "InvalidResourceId")]
    [InlineData("MaintenanceWindow", "mw-00000000000000000", "InvalidResourceId")]
    [InlineData("Document", "AWS-RunShellScript", "InvalidResourceId")]
    [InlineData("OpsItem", "oi-1", "InvalidResourceType")]
    [InlineData("Window", "mw-1", "ValidationException")]
    public async Task Tags_of_what_is_not_there_are_refused(string type, string id, string code) => Assert.Equal(
        code, (await _server.Refused(new ListTagsForResource(), new ListTagsForResource.Request { ResourceType = type, ResourceId = id })).Code);

    private async Task<IReadOnlyList<InstanceInformation>> List(DescribeInstanceInformation.Request request) =>
        (await _server.Run(new DescribeInstanceInformation(), request)).InstanceInformationList!;

    private static DescribeInstanceInformation.Request Filtered(string key, string value) => new() { Filters = [new() { Key = key, Values = [value] }] };
}
