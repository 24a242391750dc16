using System.Globalization;
using Casement.Server.Ssm;
using Casement.Server.Ssm.Windows;

namespace Casement.Server.Tests.Windows;

public sealed class TargetTests : IDisposable
{
    private readonly WindowServer _server = new();

    public void Dispose() => _server.Dispose();

    public static TheoryData<string, string, string> Refused => new()
    {
        { "INSTANCE", "instanceids=i-1", "Unsupported target key: instanceids. Supported keys with ResourceType INSTANCE: InstanceIds, tag:<key>, tag-key" },
        { "INSTANCE", "tag:=x", "Unsupported target key: tag:." },
        { "INSTANCE", "resource-groups:Name=g", "Unsupported target key: resource-groups:Name." },
        { "INSTANCE", "WindowTargetIds=a", "Unsupported target key: WindowTargetIds." },
        { "INSTANCE", "InstanceIds=", "The target InstanceIds has no values." },
        { "INSTANCE", "InstanceIds=i-1;tag:Env=Prod", "InstanceIds cannot be combined with other targets" },
        { "INSTANCE", "tag-key=a,b,c,d,e,f", "The maximum number of tag keys in a target is 5, 6 were given." },
        { "INSTANCE", "tag:a=1,2,3;tag:b=1,2,3", "The maximum number of tag key-value pairs in a target is 5, 6 were given." },
        { "RESOURCE_GROUP", "InstanceIds=i-1", "Unsupported target key: InstanceIds. Supported keys with ResourceType RESOURCE_GROUP:" },
        { "RESOURCE_GROUP", "resource-groups:Name=a,b", "A target with ResourceType RESOURCE_GROUP names exactly one resource group" },
        { "RESOURCE_GROUP", "resource-groups:ResourceTypeFilters=AWS::EC2::Instance", "A target with ResourceType RESOURCE_GROUP names exactly one resource group" },
    };

    [Theory]
    [InlineData("INSTANCE", "InstanceIds=i-1,i-2,i-3")]
    [InlineData("INSTANCE", "tag:Environment=Prod;tag:Role=Web")]
    [InlineData("INSTANCE", "tag-key=Name,Instance-Type,CostCenter")]
    [InlineData("RESOURCE_GROUP", "resource-groups:Name=MyResourceGroup")]
    [InlineData("RESOURCE_GROUP", "resource-groups:Name=g;resource-groups:ResourceTypeFilters=AWS::EC2::Instance,AWS::ECS::Cluster")]
    public async Task Every_form_of_target_is_kept_in_its_order(string type, string text)
    {
        var window = await _server.Window();
        var id = (await _server.Run(new RegisterTargetWithMaintenanceWindow(), new()
        {
            WindowId = window, ResourceType = type, Targets = Parse(text), OwnerInformation = "Production Web Servers",
        })).WindowTargetId!;
        var target = Assert.Single((await _server.Run(new DescribeMaintenanceWindowTargets(), new() { WindowId = window })).Targets!);
        Assert.Equal((window, id, type, "Production Web Servers", null, null), (target.WindowId, target.WindowTargetId, target.ResourceType, target.OwnerInformation, target.Name, target.Description));
        Assert.Equal(text, string.Join(';', target.Targets!.Select(t => $"{t.Key}={string.Join(',', t.Values!)}")));
    }

    [Theory]
    [MemberData(nameof(Refused))]
    public async Task A_target_that_cannot_be_is_refused_with_the_rule(string type, string text, string message)
    {
        var window = await _server.Window();
        var refusal = await _server.Refused(
            new RegisterTargetWithMaintenanceWindow(), new() { WindowId = window, ResourceType = type, Targets = Parse(text) }, "ValidationException");
        Assert.StartsWith(message, refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_target_without_entries_or_key_is_refused()
    {
        var window = await _server.Window();
        await _server.Refused(new RegisterTargetWithMaintenanceWindow(), new() { WindowId = window, ResourceType = "INSTANCE", Targets = [] }, "ValidationException");
        var refusal = await _server.Refused(
            new RegisterTargetWithMaintenanceWindow(), new() { WindowId = window, ResourceType = "INSTANCE", Targets = [new Target()] }, "ValidationException");
        Assert.StartsWith("2 validation errors detected: Value null at 'targets.1.member.key' failed to satisfy constraint: Member must not be null; ", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Unknown_windows_and_targets_are_named()
    {
        var window = await _server.Window();
        var refusal = await _server.Refused(
            new RegisterTargetWithMaintenanceWindow(),
            new() { WindowId = WindowServer.NoWindow, ResourceType = "INSTANCE", Targets = [WindowServer.By("tag-key", "a")] }, "DoesNotExistException");
        Assert.Equal($"Maintenance window {WindowServer.NoWindow} does not exist", refusal.Message);
        refusal = await _server.Refused(
            new UpdateMaintenanceWindowTarget(), new() { WindowId = window, WindowTargetId = WindowServer.NoId, Name = "abc" }, "DoesNotExistException");
        Assert.Equal($"Target {WindowServer.NoId} does not exist", refusal.Message);
        await _server.Refused(
            new DeregisterTargetFromMaintenanceWindow(), new() { WindowId = window, WindowTargetId = WindowServer.NoId }, "DoesNotExistException");
    }

    [Fact]
    public async Task A_window_takes_as_many_targets_as_the_quota_says()
    {
        using var server = new WindowServer(Quotas.Open with { TargetsPerWindow = 1 });
        var window = await server.Window();
        await server.Target(window, WindowServer.By("tag-key", "a"));
        var refusal = await server.Refused(
            new RegisterTargetWithMaintenanceWindow(),
            new() { WindowId = window, ResourceType = "INSTANCE", Targets = [WindowServer.By("tag-key", "a")] }, "ResourceLimitExceededException");
        Assert.Equal("You have reached the maximum number of targets in a maintenance window (1).", refusal.Message);
    }

    [Fact]
    public async Task Tokens_are_kept_by_window()
    {
        var (one, two) = (await _server.Window(), await _server.Window());
        RegisterTargetWithMaintenanceWindow.Request Request(string window) =>
            new() { WindowId = window, ResourceType = "INSTANCE", Targets = [WindowServer.By("tag-key", "a")], ClientToken = "t" };
        var first = (await _server.Run(new RegisterTargetWithMaintenanceWindow(), Request(one))).WindowTargetId;
        Assert.Equal(first, (await _server.Run(new RegisterTargetWithMaintenanceWindow(), Request(one))).WindowTargetId);
        Assert.NotEqual(first, (await _server.Run(new RegisterTargetWithMaintenanceWindow(), Request(two))).WindowTargetId);
        await _server.Refused(new RegisterTargetWithMaintenanceWindow(), Request(one) with { Name = "other" }, "IdempotentParameterMismatch");
    }

    [Fact]
    public async Task An_update_keeps_what_is_not_sent_and_Replace_clears_it()
    {
        var window = await _server.Window();
        var id = await _server.Target(window, WindowServer.By("InstanceIds", "i-1"));
        var reply = await _server.Run(new UpdateMaintenanceWindowTarget(), new() { WindowId = window, WindowTargetId = id, Name = "Some", Description = "D" });
        Assert.Equal(
            $$"""{"WindowId":"{{window}}","WindowTargetId":"{{id}}","Targets":[{"Key":"InstanceIds","Values":["i-1"]}],"Name":"Some","Description":"D"}""", WindowServer.Wire(reply));
        reply = await _server.Run(
            new UpdateMaintenanceWindowTarget(),
            new() { WindowId = window, WindowTargetId = id, Targets = [WindowServer.By("InstanceIds", "i-1", "i-2")], Name = "Some", Replace = true });
        Assert.Equal(
            $$"""{"WindowId":"{{window}}","WindowTargetId":"{{id}}","Targets":[{"Key":"InstanceIds","Values":["i-1","i-2"]}],"Name":"Some"}""", WindowServer.Wire(reply));
        await _server.Refused(new UpdateMaintenanceWindowTarget(), new() { WindowId = window, WindowTargetId = id, Replace = true }, "ValidationException");
        await _server.Refused(new UpdateMaintenanceWindowTarget(), new() { WindowId = window, WindowTargetId = id, Targets = [] }, "ValidationException");
    }

    [Fact]
    public async Task An_update_may_switch_from_nodes_to_a_group()
    {
        var window = await _server.Window();
        var id = await _server.Target(window, WindowServer.By("InstanceIds", "i-1"));
        await _server.Run(
            new UpdateMaintenanceWindowTarget(), new() { WindowId = window, WindowTargetId = id, Targets = [WindowServer.By("resource-groups:Name", "g")] });
        Assert.Equal("RESOURCE_GROUP", Assert.Single((await _server.Run(new DescribeMaintenanceWindowTargets(), new() { WindowId = window })).Targets!).ResourceType);
    }

    [Fact]
    public async Task A_target_in_use_is_deregistered_only_when_nobody_asks_for_safety()
    {
        var window = await _server.Window();
        var id = await _server.Target(window, WindowServer.By("tag:Env", "Prod"));
        var task = await _server.Register(WindowServer.Task(window, WindowServer.By("WindowTargetIds", id)));
        var refusal = await _server.Refused(
            new DeregisterTargetFromMaintenanceWindow(), new() { WindowId = window, WindowTargetId = id, Safe = true }, "TargetInUseException");
        Assert.Equal($"This Target cannot be deregistered because it is still referenced in Task: {task}", refusal.Message);
        await _server.Run(new DeregisterTargetFromMaintenanceWindow(), new() { WindowId = window, WindowTargetId = id, Safe = false });
        Assert.Equal(id, Assert.Single((await _server.Read(window, task)).Targets!).Values![0]);
    }

    [Fact]
    public async Task Filters_are_exact_and_must_all_hold()
    {
        var window = await _server.Window();
        var plain = await _server.Target(window, WindowServer.By("tag:Env", "Prod"));
        var owned = (await _server.Run(new RegisterTargetWithMaintenanceWindow(), new()
        {
            WindowId = window, ResourceType = "RESOURCE_GROUP", Targets = [WindowServer.By("resource-groups:Name", "g")], OwnerInformation = "CostCenter1",
        })).WindowTargetId!;
        Assert.Equal([owned], await Ids(("OwnerInformation", "CostCenter1")));
        Assert.Equal([plain], await Ids(("Type", "INSTANCE")));
        Assert.Equal([plain], await Ids(("WindowTargetId", plain)));
        Assert.Empty(await Ids(("WindowTargetId", plain), ("Type", "RESOURCE_GROUP")));
        var refusal = await _server.Refused(
            new DescribeMaintenanceWindowTargets(), new() { WindowId = window, Filters = [new() { Key = "type", Values = ["INSTANCE"] }] }, "ValidationException");
        Assert.Equal("Unsupported filter key: type. Supported keys: Type, WindowTargetId, OwnerInformation", refusal.Message);
        await _server.Refused(new DescribeMaintenanceWindowTargets(), new() { WindowId = window, Filters = [new() { Key = "Type", Values = [] }] }, "ValidationException");
        await _server.Refused(new DescribeMaintenanceWindowTargets(), new() { WindowId = window, Filters = [new() { Key = "Type", Values = ["NODE"] }] }, "ValidationException");

        async Task<List<string>> Ids(params (string Key, string Value)[] filters) =>
            [.. (await _server.Run(new DescribeMaintenanceWindowTargets(), new()
            {
                WindowId = window, Filters = [.. filters.Select(f => new MaintenanceWindowFilter { Key = f.Key, Values = [f.Value] })],
            })).Targets!.Select(t => t.WindowTargetId!)];
    }

    [Fact]
    public async Task Changing_a_target_needs_permission_on_window_and_target()
    {
        var window = await _server.Window();
        var id = await _server.Target(window, WindowServer.By("tag-key", "a"));
        var user = await _server.UserWith(string.Create(CultureInfo.InvariantCulture,
            $$"""{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"ssm:*","Resource":"arn:aws:ssm:*:*:maintenancewindow/*"}]}"""));
        foreach (var refusal in new[]
        {
            await _server.Refused(new UpdateMaintenanceWindowTarget(), new() { WindowId = window, WindowTargetId = id, Name = "abc" }, "AccessDeniedException", user),
            await _server.Refused(new DeregisterTargetFromMaintenanceWindow(), new() { WindowId = window, WindowTargetId = id }, "AccessDeniedException", user),
        })
        {
            Assert.Contains($"on resource: arn:aws:ssm:us-east-1:123456789012:windowtarget/{id} because", refusal.Message, StringComparison.Ordinal);
        }
    }

    private static Target[] Parse(string text) => [.. text.Split(';').Select(part => part.Split('='))
        .Select(parts => new Target { Key = parts[0], Values = parts[1].Length == 0 ? [] : parts[1].Split(',') })];
}
