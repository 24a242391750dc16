using Casement.Clients.Tests.Harness;

namespace Casement.Clients.Tests;

/// <summary>The first thing that anybody does with a new endpoint, by every client there is.</summary>
public sealed class CallerIdentityTests(SharedServer shared)
{
    private readonly CasementServer _server = shared.Server;

    [Fact]
    public async Task The_CLI_learns_that_it_is_the_admin()
    {
        var identity = (await _server.Aws().Run("sts", "get-caller-identity")).Succeeded().Json;
        Assert.Equal(_server.Account, identity.GetProperty("Account").GetString());
        Assert.Equal($"arn:aws:iam::{_server.Account}:user/admin", identity.GetProperty("Arn").GetString());
        Assert.Matches("^AIDA[A-Z2-7]{17}$", identity.GetProperty("UserId").GetString());
    }

    [Fact]
    public async Task Boto3_learns_the_same()
    {
        var identity = (await _server.Boto().Run("""show(client("sts").get_caller_identity())""")).Succeeded().Json;
        Assert.Equal($"arn:aws:iam::{_server.Account}:user/admin", identity.GetProperty("Arn").GetString());
    }

    [Theory]
    [InlineData("GET", "None")]
    [InlineData("POST", "b''")]
    public async Task A_URL_that_boto3_presigned_answers_whoever_holds_it(string method, string body)
    {
        var read = await _server.Boto().Run(
            $"""
            import urllib.request
            url = client("sts").generate_presigned_url("get_caller_identity", ExpiresIn=60, HttpMethod="{method}")
            print(urllib.request.urlopen(url, data={body}).read().decode())
            """);
        Assert.Contains($"<Arn>arn:aws:iam::{_server.Account}:user/admin</Arn>", read.Succeeded().Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_presigned_URL_of_our_own_signer_works_too()
    {
        var raw = _server.Raw();
        var reply = await raw.SendUnsigned(raw.Presigned(RawCall.Sts("GetCallerIdentity"), TimeSpan.FromMinutes(1)));
        Assert.Equal(200, reply.Status);
        Assert.Equal(_server.Account, reply.Element("Account"));
    }

    [Fact]
    public async Task The_dotnet_SDK_creates_and_reads_a_window()
    {
        using var ssm = _server.SsmClient();
        var name = SharedServer.Name("sdk");
        var made = await ssm.CreateMaintenanceWindowAsync(new()
        {
            Name = name,
            Schedule = "rate(1 day)",
            Duration = 2,
            Cutoff = 1,
            AllowUnassociatedTargets = true,
        }, TestContext.Current.CancellationToken);
        var read = await ssm.GetMaintenanceWindowAsync(new() { WindowId = made.WindowId }, TestContext.Current.CancellationToken);
        Assert.Equal(name, read.Name);
        Assert.True(read.Enabled);
    }
}
