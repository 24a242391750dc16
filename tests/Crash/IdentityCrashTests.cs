using System.Security.Cryptography;
using System.Text.Json;
using Casement.Clients.Tests.Nodes;
using Casement.Storage;

namespace Casement.Crash.Tests;

/// <summary>A machine becomes a node once, and keeps a key that the server takes, whoever dies while they agree on it.</summary>
public sealed class IdentityCrashTests(Seed seed)
{
    [Theory]
    [MemberData(nameof(Steps.Registration), MemberType = typeof(Steps))]
    public async Task A_registration_uses_its_activation_once(string point)
    {
        for (var n = 1; n <= Soak.Factor; n++)
        {
            await using var stage = await Stage.Start(seed, point);
            var activation = JsonSerializer.Deserialize<JsonElement>(
                (await stage.Write(() => Story.Ssm("CreateActivation", new { IamRole = Agent.Role, RegistrationLimit = 1 }))).Text);
            Directory.Delete(stage.NodeDirectory, recursive: true);
            stage.AgentOptions = Agent.Activation(activation);
            stage.StartNode();
            var file = Path.Combine(stage.NodeDirectory, "registration.json");
            await stage.Until("the node is registered", () => Task.FromResult(File.Exists(file)));
            await stage.AwaitDeath();
            Assert.True(stage.Died, $"{point} was not passed.");

            var id = JsonSerializer.Deserialize<JsonElement>(await File.ReadAllBytesAsync(file, TestContext.Current.CancellationToken)).Text("InstanceId");
            await stage.Until("the node works", async () => (await Nodes(stage)).Exists(node => node.Text("InstanceId") == id && node.Text("AgentVersion").Length > 0));
            Assert.Single(await Nodes(stage), node => node.Text("ActivationId") == activation.Text("ActivationId"));
            var used = JsonSerializer.Deserialize<JsonElement>((await stage.Read(Story.Ssm("DescribeActivations", new { }))).Text).List("ActivationList")
                .Single(a => a.Text("ActivationId") == activation.Text("ActivationId"));
            Assert.Equal("1", used.Text("RegistrationsCount"));
        }
    }

    [Theory]
    [MemberData(nameof(Steps.KeyReplacement), MemberType = typeof(Steps))]
    public async Task A_key_that_is_replaced_is_the_one_that_the_server_takes(string point)
    {
        for (var n = 1; n <= Soak.Factor; n++)
        {
            await using var stage = await Stage.Start(seed, point);
            var (key, next) = (Path.Combine(stage.NodeDirectory, "node.key"), Path.Combine(stage.NodeDirectory, "next.key"));
            var before = await File.ReadAllTextAsync(key, TestContext.Current.CancellationToken);
            File.SetLastWriteTimeUtc(key, TimeProvider.System.GetUtcNow().UtcDateTime.AddDays(-40));
            stage.AgentOptions = ["--rotate-key-days", "30"];
            stage.StartNode();
            await stage.Until("somebody has died", () => Task.FromResult(stage.Died));

            // the answer that was lost is looked for at the next token, which a start asks for
            await stage.KillNode();
            stage.StartNode();
            await stage.Until("the key is replaced", async () => !File.Exists(next) && await File.ReadAllTextAsync(key) != before && await IsTaken(stage, key));
            await stage.KillNode();
            await Story.TellOnce(stage, "after");
        }
    }

    private static async Task<List<JsonElement>> Nodes(Stage stage) =>
        JsonSerializer.Deserialize<JsonElement>((await stage.Read(Story.Ssm("DescribeInstanceInformation", new { }))).Text).List("InstanceInformationList");

    private static async Task<bool> IsTaken(Stage stage, string keyFile)
    {
        using var key = RSA.Create();
        key.ImportFromPem(await File.ReadAllTextAsync(keyFile));
        using var database = Database.Open(new DatabaseOptions(Path.Combine(stage.Server.Data, "casement.db")));
        var known = database.Read(tx => tx.One("SELECT public_key FROM nodes WHERE node_id=$1", r => r.Text(0), stage.Seed.Node));
        return known == Convert.ToBase64String(key.ExportSubjectPublicKeyInfo());
    }
}
