using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Casement.Agent.Posix;
using Casement.Aws.Nodes;

namespace Casement.Agent.Tests;

public sealed class StartTests
{
    [Fact]
    public async Task A_node_registers_once_and_afterwards_starts_without_an_activation()
    {
        await using var node = await TestNode.StartAsync("--name", "box-7");
        await node.UntilAsync(() => !node.Server.Heartbeats.IsEmpty, "a heartbeat has come");
        Assert.Equal(0, await node.Agent.TerminateAsync());

        var polls = node.Server.Polls;
        node.Launch(["--dir", node.AgentDirectory], code: null);
        await node.UntilAsync(() => node.Server.Polls > polls, "the second agent polls");

        Assert.True(node.Server.Heartbeats.TryDequeue(out var heartbeat));
        Assert.Equal((FakeServer.NodeId, "box-7", "Linux", "Active"), (
            heartbeat.InstanceId, heartbeat.ComputerName, heartbeat.PlatformType, heartbeat.AgentStatus));
        Assert.Empty(node.Server.SignatureFaults);
    }

    [Fact]
    public async Task A_server_that_asks_for_a_new_key_gets_one_and_the_old_one_is_gone()
    {
        await using var node = TestNode.Create();
        node.Server.WantsNewKey = true;
        node.Server.TokenLife = TimeSpan.FromSeconds(3);
        await node.StartAgentAsync();
        await node.UntilAsync(() => node.Agent.Said.Contains("has a new key", StringComparison.Ordinal), "the agent says so");
        var given = node.Server.TokensGiven;

        await node.UntilAsync(() => node.Server.TokensGiven > given, "the next token is asked for with the new key");
        Assert.Empty(node.Server.SignatureFaults);
        Assert.False(File.Exists(Path.Combine(node.AgentDirectory, "next.key")));
    }

    [Fact]
    public async Task A_server_that_takes_no_new_key_keeps_the_old_one()
    {
        await using var node = TestNode.Create();
        node.Server.WantsNewKey = true;
        node.Server.Refusals[NodeTargets.UpdateManagedInstancePublicKey] = ("PublicKeyAlreadyRegistered", "Taken.");
        await node.StartAgentAsync();

        Assert.Equal(ReplyStatus.Success, (await node.RunAsync(node.Script("true"))).DocumentStatus);
        Assert.Contains("does not take a new key", node.Agent.Said, StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(node.AgentDirectory, "next.key")));
        Assert.Empty(node.Server.SignatureFaults);
    }

    [Fact]
    public async Task A_key_of_another_activations_node_is_replaced_before_registering()
    {
        await using var node = TestNode.Create();
        node.Server.Refusals[NodeTargets.RegisterManagedInstance] = ("InvalidActivation", "Not yet.");
        Assert.Equal(1, await node.Launch(node.ActivationArguments).ExitAsync());
        var key = Path.Combine(node.AgentDirectory, "node.key");
        var first = await File.ReadAllTextAsync(key, TestContext.Current.CancellationToken);

        node.Server.Refusals[NodeTargets.RegisterManagedInstance] = ("InstanceAlreadyRegistered", "Another's.");
        Assert.Equal(1, await node.Launch(node.ActivationArguments).ExitAsync());
        Assert.NotEqual(first, await File.ReadAllTextAsync(key, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Nobody_else_can_read_the_directory_or_the_key()
    {
        await using var node = await TestNode.StartAsync();

        const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        Assert.Equal(Private | UnixFileMode.UserExecute, File.GetUnixFileMode(node.AgentDirectory));
        Assert.All(
            Directory.GetFiles(node.AgentDirectory), file => Assert.Equal(Private, File.GetUnixFileMode(file)));
        Assert.Contains(Directory.GetFiles(node.AgentDirectory), file => file.EndsWith("node.key", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_refused_registration_ends_with_one_and_the_servers_text()
    {
        await using var node = TestNode.Create();
        var agent = node.Launch(node.ActivationArguments, code: "a code that nobody gave out");

        Assert.Equal(1, await agent.ExitAsync());
        Assert.Contains("InvalidActivation: The activation is not known here.", agent.Said, StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(node.AgentDirectory, "registration.json")));
    }

    [Theory]
    [InlineData("--dir")]
    [InlineData("--frobnicate")]
    [InlineData("--endpoint=ftp://x")]
    public async Task A_command_line_that_makes_no_sense_ends_with_252(string argument)
    {
        await using var node = TestNode.Create();
        Assert.Equal(252, await node.Launch([argument]).ExitAsync());
    }

    [Fact]
    public async Task A_node_without_registration_and_activation_ends_with_252()
    {
        await using var node = TestNode.Create();
        Assert.Equal(252, await node.Launch(["--dir", node.AgentDirectory], code: null).ExitAsync());
    }

    [Fact]
    public async Task A_second_agent_on_a_directory_ends_with_253_and_one_line()
    {
        await using var node = await TestNode.StartAsync();
        var second = node.Launch(node.ActivationArguments);

        Assert.Equal(253, await second.ExitAsync());
        var line = Assert.Single(second.Lines, line => line.Length > 0);
        Assert.Contains("another agent (process ", line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_directory_that_cannot_be_made_ends_with_253()
    {
        await using var node = TestNode.Create();
        await File.WriteAllTextAsync(node.PathOf("file"), "", TestContext.Current.CancellationToken);
        Assert.Equal(253, await node.Launch(["--dir", node.PathOf("file/below")]).ExitAsync());
    }

    [Fact]
    public async Task A_server_that_is_not_there_yet_is_waited_for()
    {
        await using var node = TestNode.Create();
        await node.Server.StopAsync();
        var agent = node.Launch(node.ActivationArguments);
        await node.UntilAsync(() => agent.Said.Contains("does not answer", StringComparison.Ordinal), "the agent says so");

        node.Server.Start();

        await node.UntilAsync(() => node.Server.Polls > 0, "the agent polls");
        Assert.Single(agent.Lines, line => line.Contains("does not answer", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_node_that_the_server_refuses_says_so_once_and_stays()
    {
        await using var node = TestNode.Create();
        node.Server.Refusals[NodeTargets.RequestManagedInstanceRoleToken] = ("InvalidInstanceId", "Not registered here.");
        var agent = node.Launch(node.ActivationArguments);
        await node.UntilAsync(() => agent.Said.Contains("Not registered here.", StringComparison.Ordinal), "the agent says so");

        Assert.Equal(0, await agent.TerminateAsync());
        Assert.Single(agent.Lines, line => line.Contains("refuses this node", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Credentials_are_renewed_at_half_of_their_life_and_when_the_server_forgets_them()
    {
        await using var node = TestNode.Create();
        node.Server.TokenLife = TimeSpan.FromSeconds(3);
        await node.StartAgentAsync();
        await node.UntilAsync(() => node.Server.TokensGiven > 1, "a second token is asked for");

        node.Server.TokenLife = TimeSpan.FromHours(1);
        var given = node.Server.TokensGiven;
        await node.UntilAsync(() => node.Server.TokensGiven > given, "a long token is asked for");
        node.Server.ForgetTokens();

        Assert.Equal(ReplyStatus.Success, (await node.RunAsync(node.Script("true"))).DocumentStatus);
    }

    [Fact]
    public async Task A_server_with_a_certificate_of_an_own_authority_is_trusted_only_by_the_option()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=authority", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(System.Net.IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        var now = TimeProvider.System.GetUtcNow();
        using var certificate = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
        await using var node = TestNode.Create();
        node.Server.Certificate = certificate;
        await File.WriteAllTextAsync(
            node.PathOf("ca.pem"), certificate.ExportCertificatePem(), TestContext.Current.CancellationToken);

        var stranger = node.Launch(node.ActivationArguments);
        await node.UntilAsync(() => stranger.Said.Contains("does not answer", StringComparison.Ordinal), "it is not trusted");
        Assert.Equal(0, await stranger.TerminateAsync());
        await node.StartAgentAsync("--ca", node.PathOf("ca.pem"));

        Assert.Empty(node.Server.SignatureFaults);
    }

    [Fact]
    public async Task The_agent_leaves_its_terminals_session_when_asked()
    {
        await using var node = await TestNode.StartAsync("--own-session");
        var stat = await File.ReadAllTextAsync($"/proc/{node.Agent.Id}/stat", TestContext.Current.CancellationToken);
        Assert.Equal($"{node.Agent.Id}", stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[3]);
    }

    [Fact]
    public void One_claim_of_many_wins()
    {
        var directory = Directory.CreateTempSubdirectory("casement-claim").FullName;
        var winners = 0;
        Parallel.For(0, 20, attempt =>
        {
            if (DurableFile.TryCreate(
                Path.Combine(directory, "claim"), $"{attempt}", new ProcessIdentity(attempt, 1, "b"),
                AgentJson.Default.ProcessIdentity))
            {
                Interlocked.Increment(ref winners);
            }
        });
        Assert.Equal(1, winners);
        Assert.Single(Directory.GetFiles(directory));
        Directory.Delete(directory, recursive: true);
    }
}
