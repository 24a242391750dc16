using System.Text.Json;
using Casement.Clients.Tests.Harness;
using Casement.Server;
using Casement.Server.Operations;

namespace Casement.Clients.Tests;

/// <summary>What is not ours is said to be unknown: at once, before anybody asks who is calling.</summary>
public sealed class UnknownOperationTests(SharedServer shared)
{
    private readonly CasementServer _server = shared.Server;

    [Theory]
    [InlineData("AmazonSSM.MakeCoffee")]
    [InlineData("AmazonSSM.")]
    [InlineData("AmazonSSM")]
    [InlineData("AmazonSSM.getMaintenanceWindow")]
    [InlineData("DynamoDB_20120810.ListTables")]
    public async Task An_unknown_target_needs_no_signature_to_be_refused(string target)
    {
        var reply = await _server.Raw().SendUnsigned(RawCall.Json("ssm", target, "{}"));
        Assert.Equal((400, "UnknownOperationException"), (reply.Status, reply.Code));
    }

    [Theory]
    [InlineData("iam", "2010-05-08")]
    [InlineData("sts", "2011-06-15")]
    public async Task An_unknown_action_is_invalid(string service, string version)
    {
        var reply = await _server.Raw().SendUnsigned(RawCall.Form(service, version, "MakeCoffee"));
        Assert.Equal((400, "InvalidAction"), (reply.Status, reply.Code));
        Assert.Equal($"Could not find operation MakeCoffee for version {version}", reply.Message);
    }

    [Fact]
    public async Task A_request_that_names_no_operation_is_unknown_too()
    {
        var reply = await _server.Raw().Send(RawCall.Ssm("X") with { Headers = [] });
        Assert.Equal((400, "UnknownOperationException"), (reply.Status, reply.Code));
    }

    [Fact]
    public async Task The_CLI_does_not_retry_an_unknown_operation()
    {
        var ended = await _server.Aws().Run("--debug", "ssm", "list-ops-metadata");
        Assert.NotEqual(0, ended.ExitCode);
        Assert.Contains("UnknownOperationException", ended.Errors, StringComparison.Ordinal);
        Assert.Equal(1, ended.Errors.Split("Sending http request:").Length - 1);
    }

    [Fact]
    public async Task Every_operation_of_AWS_s_model_is_either_ours_or_unknown()
    {
        var names = await ModelNames("ssm");
        Assert.True(names.Count > 100, "Debian's model has over a hundred operations.");
        var ours = Catalogue.All.Where(o => o.Service == Service.Ssm).Select(o => o.Name).ToHashSet();
        var raw = _server.Raw();
        var answered = new List<string>();
        foreach (var name in names)
        {
            // unsigned: an operation that exists asks for a signature, or reads its own proof from the request
            var reply = await raw.SendUnsigned(RawCall.Ssm(name));
            if (reply.Code != "UnknownOperationException")
            {
                answered.Add(name);
            }
            else
            {
                Assert.Equal(400, reply.Status);
            }
        }

        Assert.Equal(ours.Where(names.Contains).Order(), answered.Order());
    }

    private async Task<IReadOnlyList<string>> ModelNames(string service)
    {
        var listed = await _server.Boto().Run(
            """
            import botocore.session
            show(sorted(botocore.session.get_session().get_service_model(arguments[0]).operation_names))
            """, service);
        return JsonSerializer.Deserialize<List<string>>(listed.Succeeded().Output)!;
    }
}
