using System.Globalization;
using CsCheck;
using Microsoft.Data.Sqlite;

namespace Casement.Storage.Tests;

/// <summary>The trail is written once, and a change made behind its back shows.</summary>
public sealed class AuditTrailTests
{
    private static readonly string[] Columns =
        ["at_ms", "account", "region", "principal", "action", "resources", "decision", "decided_by", "request_id", "source", "doc_hash", "hash"];

    [Fact]
    public async Task An_untouched_chain_holds_over_pages()
    {
        using var scratch = await Filled(2500);
        Assert.Null(scratch.Database.Read(AuditTrail.FirstBroken));
    }

    [Fact]
    public void An_empty_chain_holds()
    {
        using var scratch = new Scratch();
        Assert.Null(scratch.Database.Read(AuditTrail.FirstBroken));
    }

    [Fact]
    public async Task Any_value_changed_behind_its_back_breaks_it_there()
    {
        using var scratch = await Filled(6);
        await WithoutTriggers(scratch);
        foreach (var column in Columns)
        {
            await scratch.Database.Write(tx =>
            {
                tx.Execute($"CREATE TEMP TABLE kept AS SELECT {column} AS value FROM audit WHERE seq=4");
                tx.Execute($"UPDATE audit SET {column} = {Otherwise(column)} WHERE seq=4");
            });
            Assert.Equal((column, 4L), (column, scratch.Database.Read(AuditTrail.FirstBroken)));
            await scratch.Database.Write(tx =>
            {
                tx.Execute($"UPDATE audit SET {column} = (SELECT value FROM kept) WHERE seq=4");
                tx.Execute("DROP TABLE kept");
            });
            Assert.Null(scratch.Database.Read(AuditTrail.FirstBroken));
        }
    }

    [Fact]
    public async Task A_changed_document_breaks_it_and_one_that_retention_dropped_does_not()
    {
        using var scratch = await Filled(6);
        await scratch.Database.Write(tx => tx.Execute("UPDATE audit SET doc = NULL WHERE seq <= 3"));
        Assert.Null(scratch.Database.Read(AuditTrail.FirstBroken));
        await WithoutTriggers(scratch);
        await scratch.Database.Write(tx => tx.Execute("UPDATE audit SET doc = '{}' WHERE seq = 5"));
        Assert.Equal(5, scratch.Database.Read(AuditTrail.FirstBroken));
    }

    [Fact]
    public async Task A_row_taken_out_or_put_in_breaks_it()
    {
        using var scratch = await Filled(6);
        await WithoutTriggers(scratch);
        await scratch.Database.Write(tx => tx.Execute("DELETE FROM audit WHERE seq = 3"));
        Assert.Equal(4, scratch.Database.Read(AuditTrail.FirstBroken));
    }

    [Theory]
    [InlineData("DELETE FROM audit WHERE seq = 2", "never deleted")]
    [InlineData("UPDATE audit SET decision = 'deny' WHERE seq = 2", "never changed")]
    [InlineData("UPDATE audit SET doc = '{}' WHERE seq = 2", "never changed")]
    [InlineData("UPDATE audit SET doc = NULL, source = NULL WHERE seq = 2", "never changed")]
    [InlineData("UPDATE audit SET doc = NULL, seq = 99 WHERE seq = 2", "never changed")]
    public async Task The_database_itself_refuses_to_change_the_trail(string sql, string text)
    {
        using var scratch = await Filled(3);
        var refused = await Assert.ThrowsAsync<SqliteException>(() => scratch.Database.Write(tx => tx.Execute(sql)));
        Assert.Contains(text, refused.Message, StringComparison.Ordinal);
        Assert.Null(scratch.Database.Read(AuditTrail.FirstBroken));
    }

    [Fact]
    public void Neighbouring_fields_cannot_be_shifted_into_each_other()
    {
        // two entries that differ only in where one field ends and the next begins, or in null and empty
        Gen.Select(Gen.String[Gen.Char['a', 'c'], 0, 4], Gen.String[Gen.Char['a', 'c'], 0, 4], Gen.Bool).Sample((left, right, hasSource) =>
        {
            if (left.Length == 0)
            {
                return;
            }

            using var scratch = new Scratch();
            using var other = new Scratch();
            var one = Entry(0) with { Principal = left, Action = right, Source = hasSource ? "" : null };
            var two = one with { Principal = left[..^1], Action = left[^1] + right };
            scratch.Database.Write(tx => AuditTrail.Append(tx, one)).GetAwaiter().GetResult();
            other.Database.Write(tx => AuditTrail.Append(tx, two)).GetAwaiter().GetResult();
            Assert.NotEqual(Head(scratch), Head(other));
        }, iter: 30);
    }

    private static string Otherwise(string column) => column switch
    {
        "at_ms" => "at_ms + 1",
        "doc_hash" or "hash" => "zeroblob(32)",
        _ => $"{column} || 'x'",
    };

    private static string Head(Scratch scratch) => scratch.Database.Read(tx => tx.One("SELECT hex(hash) FROM audit ORDER BY seq DESC LIMIT 1", r => r.Text(0)))!;

    private static async Task<Scratch> Filled(int rows)
    {
        var scratch = new Scratch();
        await scratch.Database.Write(tx =>
        {
            for (var i = 0; i < rows; i++)
            {
                AuditTrail.Append(tx, Entry(i));
            }
        });
        return scratch;
    }

    private static AuditEntry Entry(int i) => new(
        1_000 + i, Scratch.Scope, "arn:aws:iam::123456789012:user/admin", "ssm:CreateMaintenanceWindow", "arn:aws:ssm:us-east-1:123456789012:*", "allow",
        "AdministratorAccess", i.ToString(CultureInfo.InvariantCulture), "127.0.0.1", """{"Name":"nightly"}""");

    private static Task WithoutTriggers(Scratch scratch) => scratch.Database.Write(tx =>
    {
        tx.Execute("DROP TRIGGER audit_keeps_rows");
        tx.Execute("DROP TRIGGER audit_keeps_values");
    });
}
