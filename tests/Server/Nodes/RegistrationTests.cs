using System.Security.Cryptography;
using Casement.Aws.Signing;
using Casement.Server.Iam;
using Casement.Server.Operations;
using Casement.Server.Ssm;
using Casement.Server.Ssm.Nodes;
using Casement.Server.Ssm.Tags;
using Casement.Storage;

namespace Casement.Server.Tests.Nodes;

public sealed class RegistrationTests : IDisposable
{
    private static readonly RSA Key = RSA.Create(2048);
    private readonly NodeServer _server = new();

    public void Dispose() => _server.Dispose();

    [Fact]
    public async Task A_registered_machine_has_the_activations_name_role_and_tags_and_counts_once()
    {
        var activation = await _server.Activation(2, new Tag { Key = "env", Value = "prod" });
        var node = await _server.Node(activation);

        Assert.Matches("^mi-[0-9a-f]{17}$", node.Id);
        var shown = Assert.Single((await _server.Run(new DescribeInstanceInformation(), new DescribeInstanceInformation.Request())).InstanceInformationList!);
        Assert.Equal((node.Id, "machine", FirstRoles.NodeRole, activation.ActivationId), (shown.InstanceId, shown.Name, shown.IamRole, shown.ActivationId));
        var tags = await _server.Run(new ListTagsForResource(), new ListTagsForResource.Request { ResourceType = "ManagedInstance", ResourceId = node.Id });
        Assert.Equal([new Tag { Key = "env", Value = "prod" }], tags.TagList!);
        var described = Assert.Single((await _server.Run(new DescribeActivations(), new DescribeActivations.Request())).ActivationList!);
        Assert.Equal((1, 2, false), (described.RegistrationsCount!.Value, described.RegistrationLimit!.Value, described.Expired!.Value));
    }

    [Theory]
    [InlineData("unknown id", "InvalidActivation")]
    [InlineData("wrong code", "InvalidActivation")]
    [InlineData("deleted", "InvalidActivation")]
    [InlineData("expired", "ActivationExpired")]
    [InlineData("used up", "RegistrationLimitExceeded")]
    [InlineData("no key", "InvalidPublicKey")]
    [InlineData("short key", "InvalidPublicKey")]
    [InlineData("other key", "InvalidPublicKey")]
    [InlineData("same key", "InstanceAlreadyRegistered")]
    [InlineData("short code", "ValidationException")]
    public async Task A_registration_is_refused(string flaw, string code)
    {
        var activation = await _server.Activation(flaw == "used up" ? 1 : 5);
        var request = NodeServer.Registration(activation.ActivationId!, activation.ActivationCode!, Key);
        using var small = RSA.Create(1024);
        using var curve = ECDsa.Create();
        var before = 0;
        switch (flaw)
        {
            case "deleted":
                await _server.Run(new DeleteActivation(), new DeleteActivation.Request { ActivationId = activation.ActivationId });
                break;
            case "expired":
                await _server.Pass(TimeSpan.FromHours(24));
                break;
            case "used up":
                using (var first = RSA.Create(2048))
                {
                    await _server.Register(activation.ActivationId!, activation.ActivationCode!, first);
                }

                before = 1;
                break;
            case "same key":
                var other = await _server.Activation();
                await _server.Register(other.ActivationId!, other.ActivationCode!, Key);
                break;
            default:
                break;
        }

        request = flaw switch
        {
            "unknown id" => request with { ActivationId = "00000000-0000-4000-8000-000000000000" },
            "wrong code" => request with { ActivationCode = new string('x', 20) },
            "short code" => request with { ActivationCode = "short" },
            "no key" => request with { PublicKey = "not base64" },
            "short key" => request with { PublicKey = Convert.ToBase64String(small.ExportSubjectPublicKeyInfo()) },
            "other key" => request with { PublicKey = Convert.ToBase64String(curve.ExportSubjectPublicKeyInfo()) },
            _ => request,
        };
        var refusal = await _server.Refused(new RegisterManagedInstance(), request, new Principal.Anonymous(), new Scope("", ""));

        Assert.Equal(code, refusal.Code);
        Assert.Equal(before, _server.Database.Read(tx => Activations.Find(tx, activation.ActivationId!))?.Used ?? before);
        Assert.Equal(before, _server.Database.Read(tx => tx.Count("SELECT count(*) FROM nodes WHERE activation_id=$1", activation.ActivationId)));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_machine_that_never_heard_its_id_asks_again_and_uses_nothing_up(bool afterExpiry)
    {
        var activation = await _server.Activation(1);
        var id = await _server.Register(activation.ActivationId!, activation.ActivationCode!, Key);
        if (afterExpiry)
        {
            await _server.Pass(TimeSpan.FromHours(24));
        }

        Assert.Equal(id, await _server.Register(activation.ActivationId!, activation.ActivationCode!, Key));
        Assert.Equal(1, _server.Database.Read(tx => Activations.Find(tx, activation.ActivationId!))!.Used);
        Assert.Equal(1, _server.Database.Read(tx => tx.Count("SELECT count(*) FROM nodes")));
    }

    [Fact]
    public async Task A_registration_asked_for_again_still_needs_the_code()
    {
        var activation = await _server.Activation(1);
        await _server.Register(activation.ActivationId!, activation.ActivationCode!, Key);
        var guess = NodeServer.Registration(activation.ActivationId!, new string('x', 20), Key);

        Assert.Equal("InvalidActivation", (await _server.Refused(new RegisterManagedInstance(), guess, new Principal.Anonymous(), new Scope("", ""))).Code);
    }

    [Fact]
    public async Task An_unknown_id_and_a_wrong_code_cannot_be_told_apart()
    {
        var activation = await _server.Activation();
        var wrongCode = NodeServer.Registration(activation.ActivationId!, new string('x', 20), Key);
        var unknownId = wrongCode with { ActivationId = "00000000-0000-4000-8000-000000000000" };
        var anonymous = new Principal.Anonymous();

        Assert.Equal(
            (await _server.Refused(new RegisterManagedInstance(), wrongCode, anonymous)).Message,
            (await _server.Refused(new RegisterManagedInstance(), unknownId, anonymous)).Message);
    }

    [Fact]
    public async Task A_source_that_guesses_codes_is_slowed_down()
    {
        var guess = NodeServer.Registration("00000000-0000-4000-8000-000000000000", new string('x', 20), Key);
        var codes = new List<string>();
        for (var i = 0; i < 40; i++)
        {
            codes.Add((await _server.Refused(new RegisterManagedInstance(), guess, new Principal.Anonymous(), ip: "192.0.2.7")).Code);
        }

        Assert.Equal("InvalidActivation", codes[0]);
        Assert.Contains("ThrottlingException", codes);
    }

    [Fact]
    public async Task A_registration_is_audited_in_the_account_of_its_activation()
    {
        await _server.Node();

        Assert.Equal(1, _server.Database.Read(tx => tx.Count(
            "SELECT count(*) FROM audit WHERE action='ssm:RegisterManagedInstance' AND account=$1 AND region=$2", NodeServer.Account, NodeServer.Region)));
    }

    [Theory]
    [InlineData("Missing")]
    [InlineData("other-path/AmazonEC2RunCommandRoleForManagedInstances")]
    public async Task An_activation_needs_a_role_that_exists(string role)
    {
        var refusal = await _server.Refused(new CreateActivation(), new CreateActivation.Request { IamRole = role });

        Assert.Equal(("ValidationException", $"Nonexistent role or missing ssm service principal in trust policy: arn:aws:iam::{NodeServer.Account}:role/{role}"), (refusal.Code, refusal.Message));
    }

    [Fact]
    public async Task An_activation_needs_a_role_that_trusts_systems_manager()
    {
        await _server.Database.Write(tx => tx.Execute("UPDATE iam_roles SET trust=replace(trust, 'ssm.amazonaws.com', 'ec2.amazonaws.com')"));

        var refusal = await _server.Refused(new CreateActivation(), new CreateActivation.Request { IamRole = FirstRoles.NodeRole });

        Assert.StartsWith("Nonexistent role or missing ssm service principal", refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData((30 * 24 * 3600) + 1)]
    public async Task An_activation_lives_thirty_days_at_most(int seconds)
    {
        var refusal = await _server.Refused(new CreateActivation(), new CreateActivation.Request
        {
            IamRole = FirstRoles.NodeRole,
            ExpirationDate = _server.Time.GetUtcNow().AddSeconds(seconds),
        });

        Assert.Equal("InvalidParameters", refusal.Code);
    }

    [Fact]
    public async Task A_nodes_own_signature_is_recognised_and_no_others()
    {
        var node = await _server.Node();
        using var stranger = RSA.Create(2048);

        Assert.Equal(new Principal.NodeKey(NodeServer.Account, NodeServer.Region, node.Id), Identify(node.Id, node.Key));
        Assert.Null(Identify(node.Id, stranger));
        Assert.Null(Identify("mi-00000000000000000", node.Key));
    }

    [Fact]
    public async Task A_new_key_replaces_the_old_one_at_once()
    {
        var node = await _server.Node();
        using var next = RSA.Create(2048);
        var request = new UpdateManagedInstancePublicKey.Request { NewPublicKey = Convert.ToBase64String(next.ExportSubjectPublicKeyInfo()), NewPublicKeyType = "Rsa" };
        var self = new Principal.NodeKey(NodeServer.Account, NodeServer.Region, node.Id);
        await _server.Run(new UpdateManagedInstancePublicKey(), request, self);

        Assert.Null(Identify(node.Id, node.Key));
        Assert.NotNull(Identify(node.Id, next));
        Assert.Equal("PublicKeyAlreadyRegistered", (await _server.Refused(new UpdateManagedInstancePublicKey(), request, self)).Code);
    }

    [Fact]
    public async Task A_node_session_is_of_the_activations_role_and_bound_to_the_node()
    {
        var node = await _server.Node();

        Assert.Equal(new NodeSeat(node.Id, NodeServer.Region), node.Session.Node);
        Assert.Equal($"arn:aws:sts::{NodeServer.Account}:assumed-role/AmazonEC2RunCommandRoleForManagedInstances/{node.Id}", node.Session.Arn);
    }

    [Fact]
    public async Task A_node_that_signs_for_another_region_is_told_the_right_one()
    {
        var node = await _server.Node();
        var refusal = await _server.Refused(
            new RequestManagedInstanceRoleToken(), new RequestManagedInstanceRoleToken.Request(),
            new Principal.NodeKey(NodeServer.Account, NodeServer.Region, node.Id), new Scope(NodeServer.Account, "us-east-1"));

        Assert.Equal("InvalidInstanceId", refusal.Code);
        Assert.Contains(NodeServer.Region, refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_node_whose_role_is_gone_gets_no_token()
    {
        var node = await _server.Node();
        await _server.Database.Write(tx => tx.Execute("DELETE FROM iam_roles"));

        var refusal = await _server.Refused(
            new RequestManagedInstanceRoleToken(), new RequestManagedInstanceRoleToken.Request(), new Principal.NodeKey(NodeServer.Account, NodeServer.Region, node.Id));

        Assert.Equal("InvalidInstanceId", refusal.Code);
    }

    [Fact]
    public async Task A_deregistered_node_reaches_nothing_any_more()
    {
        var node = await _server.Node();
        await _server.Run(new DeregisterManagedInstance(), new DeregisterManagedInstance.Request { InstanceId = node.Id });

        var refusal = await Assert.ThrowsAsync<Aws.AwsException>(() => node.Report("Linux"));
        Assert.Equal(("InvalidInstanceId", $"Node {node.Id} is not registered on this server."), (refusal.Code, refusal.Message));
        Assert.Null(Identify(node.Id, node.Key));
        Assert.Equal("InvalidInstanceId", (await _server.Refused(new DeregisterManagedInstance(), new DeregisterManagedInstance.Request { InstanceId = node.Id })).Code);
    }

    private Principal? Identify(string nodeId, RSA key)
    {
        var now = DateTimeOffset.FromUnixTimeSeconds(1_780_000_000);
        List<KeyValuePair<string, string>> headers =
            [KeyValuePair.Create("Host", "localhost:8470"), KeyValuePair.Create("Content-Type", "application/x-amz-json-1.1")];
        var message = new HttpMessage("POST", "/", "", headers, "{}"u8.ToArray());
        headers.AddRange(SigV4.SignRsa(message, nodeId, key, NodeServer.Region, "ssm", now));
        Assert.True(SigV4.TryRead(message, out var claim, out _));
        return _server.Backstage.Credentials.IdentifyNode(message, claim).Principal;
    }
}
