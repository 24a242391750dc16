using System.Text.Json;
using Casement.Clients.Tests.Harness;
using Casement.Storage;

namespace Casement.Clients.Tests.Upgrade;

/// <summary>What an older Casement wrote is today's: nothing is lost, everything is answered as it was, and work goes on.</summary>
public sealed class UpgradeTests
{
    public static TheoryData<string> Databases => [.. OldDatabase.All];

    [Fact]
    public void Every_schema_that_was_landed_has_its_database()
    {
        Assert.True(
            OldDatabase.Migrations.SequenceEqual(OldDatabase.All),
            $"Migrations {string.Join(", ", OldDatabase.Migrations)} but databases {string.Join(", ", OldDatabase.All)}: tests/Data/databases.md says how one is made.");
    }

    [Theory]
    [MemberData(nameof(Databases))]
    public void All_rows_are_there_and_the_trail_holds(string name)
    {
        var root = Files.NewDirectory();
        var before = OldDatabase.Read(name).Rows;
        using (var database = Database.Open(new DatabaseOptions(Path.Combine(OldDatabase.CopyTo(name, root), "casement.db"))))
        {
            var after = OldDatabase.Rows(database);
            Assert.All(before.Where(t => after.ContainsKey(t.Key)), table => Assert.Equal((table.Key, table.Value), (table.Key, after[table.Key])));
            Assert.Null(database.Read(AuditTrail.FirstBroken));
        }

        Directory.Delete(root, recursive: true);
    }

    [Theory]
    [MemberData(nameof(Databases))]
    public async Task Every_question_is_answered_as_it_was_and_a_call_can_be_made(string name)
    {
        var root = Files.NewDirectory();
        OldDatabase.CopyTo(name, root);

        // what is old to the retention is not old to this test
        await using var server = await CasementServer.StartOn(root, ["--retention", "36500"]);
        var client = server.Raw();
        foreach (var answer in OldDatabase.Read(name).Answers)
        {
            Assert.Equal(answer.Reply, (await answer.Ask(client)).Reply);
        }

        var made = await client.Send(RawCall.Ssm("CreateMaintenanceWindow", JsonSerializer.Serialize(new
        {
            Name = "after-the-upgrade", Schedule = "rate(1 day)", Duration = 2, Cutoff = 0, AllowUnassociatedTargets = false,
        })));
        Assert.Equal(200, made.Status);
        Assert.Equal(0, await server.Stop());
        using var database = Database.Open(new DatabaseOptions(Path.Combine(server.Data, "casement.db")));
        Assert.Null(database.Read(AuditTrail.FirstBroken));
    }

    [Fact]
    public void The_questions_reach_every_kind_of_row()
    {
        foreach (var name in OldDatabase.All)
        {
            // what no operation shows: what is under way, and what is waited with
            var hidden = (HashSet<string>)["outbox", "node_messages", "replies", "client_tokens", "leases"];
            Assert.All(OldDatabase.Read(name).Rows.Where(t => !hidden.Contains(t.Key)), table => Assert.True(table.Value > 0, $"{name} has no row in {table.Key}"));
        }
    }
}
