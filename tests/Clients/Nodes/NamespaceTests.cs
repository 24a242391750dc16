using System.Globalization;
using Casement.Clients.Tests.Harness;

namespace Casement.Clients.Tests.Nodes;

/// <summary>A node that reaches the server over a network, as far as one machine can be two: a network namespace of its own.</summary>
public sealed class NamespaceTests
{
    private static readonly string[] Places = ["/usr/sbin/ip", "/sbin/ip", "/usr/bin/ip"];

    [Fact]
    public async Task A_node_in_a_network_of_its_own_registers_and_works_over_TLS()
    {
        var ip = Places.FirstOrDefault(File.Exists);
        Assert.SkipUnless(ip is not null, "iproute2 is missing: run apt-get install iproute2, as ./test does.");
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "Network namespaces are made by root only.");
        var name = string.Create(CultureInfo.InvariantCulture, $"cmt{Environment.ProcessId % 100000}");
        var octet = (Environment.ProcessId % 200) + 20;
        var (outside, inside) = ($"10.213.{octet}.1", $"10.213.{octet}.2");
        var made = await Program.Run(ip!, ["netns", "add", name]);
        Assert.SkipUnless(made.ExitCode == 0, $"This sandbox makes no network namespaces: {made.Errors}");
        try
        {
            await Ip("link", "add", $"{name}o", "type", "veth", "peer", "name", $"{name}i", "netns", name);
            await Ip("addr", "add", $"{outside}/24", "dev", $"{name}o");
            await Ip("link", "set", $"{name}o", "up");
            await Ip("-n", name, "addr", "add", $"{inside}/24", "dev", $"{name}i");
            await Ip("-n", name, "link", "set", $"{name}i", "up");
            await Ip("-n", name, "link", "set", "lo", "up");
            await Work(ip!, name, outside, inside);
        }
        finally
        {
            // the pair of interfaces goes with the namespace
            await Program.Run(ip!, ["netns", "del", name]);
            await Program.Run(ip!, ["link", "del", $"{name}o"]);
        }

        async Task Ip(params string[] arguments) => (await Program.Run(ip!, arguments)).Succeeded();
    }

    private static async Task Work(string ip, string name, string outside, string inside)
    {
        await using var server = await CasementServer.Start("--ephemeral", "--listen", outside, "--tls-self");
        Assert.Equal("https", server.Endpoint.Scheme);
        Assert.Equal(outside, server.Endpoint.Host);
        var aws = server.Aws();
        var activation = (await aws.Run("ssm", "create-activation", "--iam-role", TestNode.Role, "--default-instance-name", "apart")).Succeeded().Json;
        await using var node = await TestNode.Register(
            server, "apart", activation.Text("ActivationId"), activation.Text("ActivationCode"), ip, "netns", "exec", name);
        var sent = (await aws.Run(
            "ssm", "send-command", "--document-name", "AWS-RunShellScript", "--instance-ids", node.Id, "--parameters", $"commands={ip} -4 -o addr show"))
            .Succeeded().Json.GetProperty("Command").Text("CommandId");
        (await aws.Run("ssm", "wait", "command-executed", "--command-id", sent, "--instance-id", node.Id)).Succeeded();
        var result = (await aws.Run("ssm", "get-command-invocation", "--command-id", sent, "--instance-id", node.Id)).Succeeded().Json;

        // the script saw the node's network and not the server's
        Assert.Contains($"{inside}/24", result.Text("StandardOutputContent"), StringComparison.Ordinal);
        Assert.DoesNotContain($"{outside}/24", result.Text("StandardOutputContent"), StringComparison.Ordinal);
        var seen = Assert.Single((await aws.Run("ssm", "describe-instance-information")).Succeeded().Json.List("InstanceInformationList"));
        Assert.Equal("Online", seen.Text("PingStatus"));
        Assert.Equal("apart", seen.Text("Name"));
        Assert.Equal(inside, seen.Text("IPAddress"));
    }
}
