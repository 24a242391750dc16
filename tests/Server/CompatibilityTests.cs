using System.Globalization;
using System.Text;
using Casement.Server.Operations;

namespace Casement.Server.Tests;

/// <summary><c>docs/compatibility.md</c> is the operation table with a reason where Casement differs; run with CASEMENT_WRITE_DOCS=1 it is written.</summary>
public sealed class CompatibilityTests
{
    private static readonly string Document = Path.Combine(Sources.Tree, "docs", "compatibility.md");
    private static readonly string Notes = Path.Combine(Sources.Tree, "docs", "compatibility-notes.txt");

    [Fact]
    public void The_compatibility_list_is_the_operation_table()
    {
        var text = Generate(ReadNotes());
        if (Environment.GetEnvironmentVariable("CASEMENT_WRITE_DOCS") == "1")
        {
            File.WriteAllText(Document, text);
        }

        Assert.True(text == File.ReadAllText(Document), "docs/compatibility.md is not what the operations say: run this test with CASEMENT_WRITE_DOCS=1 and commit it.");
    }

    [Fact]
    public void Every_note_is_about_an_operation_that_exists()
    {
        var known = Catalogue.All.Select(o => $"{o.Service.Name}:{o.Name}").ToHashSet();
        Assert.All(ReadNotes().Keys, key => Assert.Contains(key, known));
    }

    [Fact]
    public void No_operation_stands_in_the_table_twice()
    {
        Assert.Equal(Catalogue.All.Count, Catalogue.All.Select(o => (o.Service.Name, o.Name)).Distinct().Count());
    }

    // a line: service:Operation, a tab, the sentence
    private static Dictionary<string, string> ReadNotes() => File.ReadAllLines(Notes)
        .Where(l => l.Length > 0 && l[0] != '#').Select(l => l.Split('\t', 2)).ToDictionary(p => p[0], p => p[1]);

    private static string Generate(Dictionary<string, string> notes)
    {
        var text = new StringBuilder(
            """
            # Compatibility

            What Casement answers, and where it differs from AWS. This page is generated from the table that dispatch, authorisation and
            audit read, so it cannot promise more than there is. Every other operation of these services answers
            `UnknownOperationException` (JSON) or `InvalidAction` (Query), with status 400.


            """.ReplaceLineEndings("\n"));
        foreach (var service in new OperationTable(Catalogue.All).All.GroupBy(o => o.Service))
        {
            text.Append(CultureInfo.InvariantCulture, $"## {service.Key.Name}: {service.Count()} operations\n\n| Operation | | Permission | Differences |\n|---|---|---|---|\n");
            foreach (var operation in service)
            {
                text.Append(CultureInfo.InvariantCulture, $"| {operation.Name} | {Word(operation.Effect)} | {Permission(operation)} | {notes.GetValueOrDefault($"{service.Key.Name}:{operation.Name}", "")} |\n");
            }

            text.Append('\n');
        }

        return text.ToString().TrimEnd('\n') + "\n";
    }

    private static string Word(Effect effect) => effect switch
    {
        Effect.Read => "reads",
        Effect.Write => "writes",
    };

    private static string Permission(Operation operation) => operation.Proof switch
    {
        Proof.Signature => $"`{operation.Action}`",
        Proof.NodeKey => "the node's own key",
        Proof.None => "the request's own code",
    };
}
