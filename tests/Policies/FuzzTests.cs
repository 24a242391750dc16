using Casement.Tests;

namespace Casement.Policies.Tests;

/// <summary>Documents of a corpus, damaged at random: read or refused, never a surprise, never more work than their length.</summary>
public sealed class FuzzTests
{
    private static readonly string[] _pieces =
    [
        "\"", "'", "{", "}", "[", "]", ",", ":", "${", "}", "${a}", "${a, 'b'}", "*", "?", "\\u", "\\ud800", "\\uffff", "\uffff", "\ud800", "\0", "null",
        "1e999", "-0", "true", "\"Statement\":", "\"Condition\":", "\"Principal\":", "\"AWS\":", "\"NotAction\":", "\"Effect\":\"Deny\"", "ForAllValues:", "IfExists",
        "arn:aws:", "2012-10-17", "[[[[", "{\"a\":", "😀",
    ];

    private static readonly string[] _corpus =
        [.. Directory.GetFiles(Path.Combine(Tree.Root, "tests", "Data", "corpora", "policies")).Order(StringComparer.Ordinal).Select(File.ReadAllText)];

    [Fact]
    public void A_damaged_document_is_read_or_refused()
    {
        var request = new AccessRequest("ssm:GetParameter", "arn:aws:ssm:us-east-1:111122223333:parameter/a", new ConditionContext()
            .Add("aws:username", "alice").AddMany("aws:TagKeys", ["env"]).Add("aws:SourceIp", "10.1.2.3").Add("aws:CurrentTime", "2024-05-01T12:00:00Z"));
        var (read, refused) = (0, 0);
        for (ulong seed = 0; seed < (ulong)Soak.Times(15_000); seed++)
        {
            var dice = new Dice(seed);
            var json = Mutation.Of(dice.Of(_corpus), _corpus, _pieces, dice);
            var kind = dice.Of(Enum.GetValues<PolicyKind>());
            var before = GC.GetAllocatedBytesForCurrentThread();
            try
            {
                var isRead = PolicyDocument.TryParse(json, kind, out var document, out var fault);
                Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 200_000 + (400L * json.Length));
                Assert.NotEqual(isRead, fault is not null);
                Assert.True(isRead || fault!.Message.Length > 0);
                _ = isRead ? Decide(request, document!) : null;
                _ = isRead ? document!.RewritePrincipals(p => p + "!") : null;
                read += isRead ? 1 : 0;
                refused += isRead ? 0 : 1;
            }
            catch (Exception e)
            {
                throw new InvalidOperationException($"seed {seed}: {kind} {json}", e);
            }
        }

        Assert.True(read > 500 && refused > 5_000, $"{read} read, {refused} refused: the damage is too small or too large.");
    }

    /// <summary>The sizes of what is allocated stand for steps: reading keeps something of each part that it walks over.</summary>
    [Theory]
    [InlineData("""{"Effect":"Allow","Action":["ssm:Get*","s3:*"],"Resource":"*","Condition":{"StringLike":{"a":["x*","${y}"]}}}""")]
    [InlineData("""{"Effect":"Allow","Action":"a:b","Resource":"arn:aws:s3:::${'a}${b'}${c, 'd'}${}"}""")]
    public void Reading_is_linear_in_the_length(string statement)
    {
        Read(statement, 10);
        var small = Read(statement, 500);
        Assert.InRange(Read(statement, 2_000), 0, 4.4 * small);
    }

    [Fact]
    public void Nesting_is_refused_at_once()
    {
        var json = $$"""{"Statement":{{new string('[', 500_000)}}""";
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.False(PolicyDocument.TryParse(json, PolicyKind.Inline, out _, out var fault));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 4 * json.Length);
        Assert.Equal("Syntax errors in policy.", fault.Message);
    }

    /// <summary>Each variable used to look through the whole text for a quote.</summary>
    [Theory]
    [InlineData("${a}", "'")]
    [InlineData("${'a}", "")]
    [InlineData("${", "")]
    public void Many_variables_are_read_in_one_walk(string variable, string end)
    {
        var value = string.Concat(Enumerable.Repeat(variable, 200_000)) + end;
        var json = Given.Document(Given.Statement("Allow", "a:b", "*", Given.Condition("StringEquals", "k", $"\"{value}\"")));
        Assert.Equal(PolicyEffect.Allow, Given.Parsed(json).Statements[0].Effect);
    }

    private static Decision? Decide(AccessRequest request, PolicyDocument document) => document.Kind switch
    {
        PolicyKind.Trust => Evaluator.DecideTrust(request, new(Given.User), document),
        PolicyKind.Resource => Evaluator.Decide(request, new(Given.User), document),
        _ => Evaluator.Decide(request, new(Given.User, [new(new PolicySource.Inline("p", new(HolderKind.User, "alice")), document)])),
    };

    private static long Read(string statement, int count)
    {
        var json = Given.Document([.. Enumerable.Repeat(statement, count)]);
        var before = GC.GetAllocatedBytesForCurrentThread();
        _ = Given.Parsed(json);
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }
}
