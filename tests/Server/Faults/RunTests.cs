using System.Globalization;
using Casement.Aws;
using Casement.Server.Engine;
using Casement.Server.Iam.Actions;
using Casement.Server.Ssm.Windows;
using Casement.Server.Tests.Nodes;
using Casement.Storage;
using Casement.Tests;
using Target = Casement.Server.Ssm.Target;

namespace Casement.Server.Tests.Faults;

/// <summary>
/// A window that opens, runs a script on a node and ends, while any commit on the way may fail or be lost, as a seed decides. Whoever
/// was refused asks again, as clock and agent do.
/// </summary>
public sealed class RunTests
{
    private const int Steps = 400;

    private const string Trust =
        """{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"ssm.amazonaws.com"},"Action":"sts:AssumeRole"}]}""";

    private const string May = """{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["ssm:SendCommand","ssm:CancelCommand"],"Resource":"*"}]}""";

    [Fact]
    public async Task Whatever_fails_on_the_way_there_is_one_execution_one_command_one_run_and_its_result()
    {
        var (seeds, failed, lost) = (Soak.Times(25), 0, 0);
        for (var seed = 0; seed < seeds; seed++)
        {
            var dice = new Dice((ulong)seed);
            var armed = false;
            using var server = new NodeServer(() =>
            {
                var fault = Volatile.Read(ref armed) ? Fault(dice) : null;
                lost += fault is CommitFault.Lost ? 1 : 0;
                return fault;
            });
            var story = await Story.Begin(server);
            Volatile.Write(ref armed, true);
            await story.Play();
            Volatile.Write(ref armed, false);
            failed += story.Refused;
            story.Check(seed);
        }

        Assert.True(failed > seeds && lost > seeds, $"{failed} refusals and {lost} lost commits in {seeds} stories");
    }

    private static CommitFault? Fault(Dice dice) => dice.Next(10) switch
    {
        < 5 => null,
        5 => new CommitFault.Refused(),
        6 => new CommitFault.Lost(Kept: true),
        7 => new CommitFault.Lost(Kept: false),
        _ => new CommitFault.AtStatement(1 + dice.Next(25), dice.Percent(50)),
    };

    private sealed class Story(NodeServer server, TestNode node, string window)
    {
        private readonly HashSet<string> _received = new(StringComparer.Ordinal);
        private readonly HashSet<string> _run = new(StringComparer.Ordinal);
        private readonly HashSet<string> _reported = new(StringComparer.Ordinal);

        public int Refused { get; private set; }

        public static async Task<Story> Begin(NodeServer server)
        {
            await server.Run(new CreateRole(), new() { RoleName = "work", AssumeRolePolicyDocument = Trust }, scope: new Scope(NodeServer.Account, ""));
            await server.Run(
                new PutRolePolicy(), new() { RoleName = "work", PolicyName = "may", PolicyDocument = May }, scope: new Scope(NodeServer.Account, ""));
            var node = await server.Node();
            var window = (await server.Run(new CreateMaintenanceWindow(), new()
            {
                Name = "night", Schedule = "rate(7 days)", Duration = 10, Cutoff = 1, AllowUnassociatedTargets = true,
            })).WindowId!;
            await server.Run(new RegisterTaskWithMaintenanceWindow(), new()
            {
                WindowId = window,
                TaskArn = "AWS-RunShellScript",
                TaskType = "RUN_COMMAND",
                ServiceRoleArn = string.Create(CultureInfo.InvariantCulture, $"arn:aws:iam::{NodeServer.Account}:role/work"),
                Targets = [new Target { Key = "InstanceIds", Values = [node.Id] }],
                MaxConcurrency = "1",
                MaxErrors = "0",
                TaskInvocationParameters = new() { RunCommand = new() { Parameters = new Dictionary<string, IReadOnlyList<string>> { ["commands"] = ["true"] } } },
            });
            server.Time.MoveTo(DateTimeOffset.FromUnixTimeMilliseconds(server.Database.Read(Storage.Windows.NextOpening)!.Value));
            return new Story(server, node, window);
        }

        public async Task Play()
        {
            for (var step = 0; step < Steps && !Ended(); step++)
            {
                await Try(() => server.Database.Write(tx => WindowOpenings.OpenDue(tx, server.Backstage, server.Backstage.Clock.Now)));
                foreach (var (_, id) in server.Database.Read(tx => Storage.Executions.Due(tx, server.Backstage.Clock.NowMs, 10)))
                {
                    await Try(() => new ExecutionRunner(server.Backstage).Advance(id));
                }

                if (node.Waiting > 0)
                {
                    await Try(Receive);
                }

                foreach (var message in _received.Except(_run, StringComparer.Ordinal).ToList())
                {
                    await Try(async () =>
                    {
                        await node.Acknowledge(message);
                        _run.Add(message);
                    });
                }

                foreach (var message in _run.Except(_reported, StringComparer.Ordinal).ToList())
                {
                    await Try(async () =>
                    {
                        await node.Reply(message, "Success", "done", replyId: "final-" + message);
                        _reported.Add(message);
                    });
                }

                await Try(() => server.Deadlines.Sweep());
                server.Time.MoveTo(server.Time.GetUtcNow() + TimeSpan.FromSeconds(10));
            }
        }

        public void Check(int seed)
        {
            var database = server.Database;
            var execution = Assert.Single(database.Read(tx => ExecutionHistory.Of(tx, server.Scope, window, null, null, null, null, 10)));
            Assert.True(execution.Status == "SUCCESS", $"seed {seed}: {execution}");
            Assert.True(_run.Count == 1, $"seed {seed}: {string.Join(", ", _run)}");
            Assert.Equal((1, 1, 1), (Count("commands"), Count("command_invocations"), Count("invocations")));
            Assert.Equal(1, database.Read(tx => tx.Count("SELECT count(*) FROM replies WHERE reply_id LIKE 'final-%'")));
            Assert.Equal(0, Count("node_messages"));
            Assert.Null(database.Read(AuditTrail.FirstBroken));
        }

        private long Count(string table) => server.Database.Read(tx => tx.Count($"SELECT count(*) FROM {table}"));

        private bool Ended() => server.Database.Read(tx => ExecutionHistory.Of(tx, server.Scope, window, null, null, null, null, 10)) is [{ Status: "SUCCESS" }];

        // as the agent's ledger: what was received is acknowledged until the server has taken that, and only then run and reported
        private async Task Receive()
        {
            foreach (var message in await node.Poll())
            {
                _received.Add(message.MessageId!);
            }
        }

        private async Task Try(Func<Task> attempt)
        {
            try
            {
                await attempt();
            }
            catch (AwsException e) when (e.Status == 500)
            {
                Refused++;
            }
            catch (StorageException)
            {
                Refused++;
            }
        }
    }
}
