using System.Text.Encodings.Web;
using System.Text.Json;
using Casement.Tests;
using Casement.Tests.PolicyOracle;

namespace Casement.Policies.Tests;

/// <summary>
/// Random questions. The request comes first and most of every policy is derived from it, so that statements fit, or
/// miss by a little, instead of talking past each other.
/// </summary>
internal sealed class AskGen(Dice dice)
{
    private static readonly JsonSerializerOptions _relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly ConditionGen conditions = new(dice);

    public static Ask Of(ulong seed) => new AskGen(new Dice(seed)).Next();

    private Ask Next()
    {
        var isTrust = dice.Percent(20);
        var asker = Asker();
        var action = isTrust ? dice.Of(AskWords.TrustActions) : dice.Of(AskWords.Actions);
        var resource = isTrust ? dice.Of(AskWords.Roles) : dice.Of(AskWords.Resources);
        var facts = conditions.Facts();
        var seed = new Seed(asker, action, resource, facts);
        var own = isTrust || dice.Percent(45)
            ? Document(seed, isTrust ? PolicyKind.Trust : PolicyKind.Resource)
            : null;
        var ask = new Ask(
            asker,
            dice.Percent(10) ? AnyCase(action) : action,
            resource,
            facts,
            Documents(seed, 1, PolicyKind.Inline),
            dice.Percent(30) ? Document(seed, PolicyKind.Boundary) : null,
            dice.Percent(60) ? [] : Documents(seed, 0, PolicyKind.Session),
            own,
            isTrust,
            isTrust || dice.Percent(70) ? null : dice.Of(["", AskWords.Own, AskWords.Foreign]));
        return dice.Percent(15) ? Shifted(ask) : ask;
    }

    /// <summary>The same question about something else.</summary>
    private Ask Shifted(Ask ask) => dice.Next(3) switch
    {
        0 => ask with { Action = ask.OwnIsTrust ? dice.Of(AskWords.TrustActions) : dice.Of(AskWords.Actions) },
        1 => ask with { Resource = ask.OwnIsTrust ? dice.Of(AskWords.Roles) : dice.Of(AskWords.Resources) },
        _ => ask with { Facts = conditions.Facts() },
    };

    private Asker Asker() => dice.Next(12) switch
    {
        0 => new(AskerKind.Root, AskWords.Own),
        1 or 2 or 3 or 4 => AskWords.Alice,
        5 or 6 or 7 => AskWords.Session,
        8 or 9 => AskWords.Guest,
        10 => dice.Percent(50) ? new(AskerKind.Service, Arn: "ssm.amazonaws.com") : new(AskerKind.Provider, Arn: "accounts.example.com"),
        _ => new(AskerKind.Anonymous),
    };

    private List<string> Documents(Seed seed, int atLeast, PolicyKind kind) =>
        [.. Enumerable.Range(0, atLeast + dice.Next(2)).Select(_ => Document(seed, kind))];

    /// <summary>Documents that would not be taken are drawn again: refusals are the business of other tests.</summary>
    private string Document(Seed seed, PolicyKind kind)
    {
        while (true)
        {
            var json = Draft(seed, kind);
            if (PolicyDocument.TryParse(json, kind, out _, out _))
            {
                return json;
            }
        }
    }

    private string Draft(Seed seed, PolicyKind kind)
    {
        var document = new Dictionary<string, object>();
        var mustBeNew = kind is PolicyKind.Managed or PolicyKind.Boundary;
        if (mustBeNew || dice.Percent(80))
        {
            document["Version"] = mustBeNew || dice.Percent(85) ? "2012-10-17" : "2008-10-17";
        }

        // beyond eight statements the engine finds them by an index
        var count = dice.Percent(12) ? 9 + dice.Next(6) : 1 + dice.Next(3);
        var statements = Enumerable.Range(0, count).Select(_ => Statement(seed, kind)).ToList();
        document["Statement"] = count == 1 && dice.Percent(50) ? statements[0] : statements;
        return JsonSerializer.Serialize(document, _relaxed);
    }

    private Dictionary<string, object> Statement(Seed seed, PolicyKind kind)
    {
        var isDeny = dice.Percent(18);
        var statement = new Dictionary<string, object> { ["Effect"] = isDeny ? "Deny" : "Allow" };
        var actions = Some(() => ActionPattern(seed.Action, kind));
        statement[kind != PolicyKind.Trust && dice.Percent(15) ? "NotAction" : "Action"] = actions;
        if (kind != PolicyKind.Trust)
        {
            var resources = Some(() => dice.Percent(25) ? "*" : ResourcePattern(seed.Resource));
            statement[dice.Percent(20) ? "NotResource" : "Resource"] = resources;
        }

        if (kind is PolicyKind.Trust or PolicyKind.Resource)
        {
            var except = isDeny && kind == PolicyKind.Resource && dice.Percent(50);
            statement[except ? "NotPrincipal" : "Principal"] = Principals(seed.Asker, except);
        }

        if (dice.Percent(45))
        {
            statement["Condition"] = conditions.Block(seed.Facts);
        }

        return statement;
    }

    private string ActionPattern(string action, PolicyKind kind)
    {
        var isTrust = kind == PolicyKind.Trust;
        var from = dice.Percent(70) ? action : isTrust ? dice.Of(AskWords.TrustActions) : dice.Of(AskWords.Actions);
        var colon = from.IndexOf(':', StringComparison.Ordinal) + 1;
        var name = from[colon..];
        return dice.Next(9) switch
        {
            0 or 1 => from,
            2 => AnyCase(from),
            3 when !isTrust => dice.Of(["*", "*:*", "*:" + name]),
            4 => from[..colon] + "*",
            5 => from[..colon] + name[..dice.Next(name.Length)] + "*",
            6 => from[..colon] + "*" + name[dice.Next(name.Length)..],
            _ => from[..colon] + Blurred(name),
        };
    }

    private string ResourcePattern(string resource)
    {
        var from = dice.Percent(75) ? resource : dice.Of(AskWords.Resources);
        var parts = from.Split(':', 6);
        if (parts.Length < 6)
        {
            return "*";
        }

        switch (dice.Next(9))
        {
            case 0:
                return from;
            case 1:
                return string.Join(':', parts[..(3 + dice.Next(3))]) + ":*";
            case 2 when parts[3].Length > 0:
                parts[3] = dice.Of(["*", "us-*", "us-east-?", "??-east-1"]);
                break;
            case 3 when parts[4].Length > 0:
                parts[4] = dice.Of(["*", AskWords.Own, "1111*"]);
                break;
            case 4:
                parts[5] = parts[5].Replace("alice", dice.Of(AskWords.Variables), StringComparison.Ordinal);
                break;
            case 5:
                // a star that is meant: only the first is one
                parts[5] = parts[5].Replace("*", "${*}", StringComparison.Ordinal) + dice.Of(["", "*"]);
                break;
            case 6 when parts[5].Length > 0:
                parts[5] = parts[5][..dice.Next(parts[5].Length)].TrimEnd('\ud83d') + "*";
                break;
            default:
                parts[5] = Blurred(parts[5]);
                break;
        }

        return string.Join(':', parts);
    }

    /// <summary>Some characters become wildcards, or one of them another character.</summary>
    private string Blurred(string text)
    {
        if (text.Length == 0 || text.Any(char.IsSurrogate))
        {
            return dice.Of(["*", "?", text]);
        }

        var at = dice.Next(text.Length);
        var length = 1 + dice.Next(text.Length - at);
        return dice.Next(5) switch
        {
            0 => text[..at] + "?" + text[(at + 1)..],
            1 => text[..at] + "*" + text[(at + length)..],
            2 => "*" + text[at..(at + length)] + "*",
            3 => text[..at] + "?" + text[(at + 1)..][..(length - 1)] + "*",
            _ => text[..at] + "x" + text[(at + 1)..],
        };
    }

    private object Principals(Asker asker, bool except)
    {
        if (dice.Percent(12))
        {
            return "*";
        }

        var names = AskWords.NamesOf(asker);
        var byType = new Dictionary<string, object>();
        var everyName = except && dice.Percent(60);
        var listed = everyName
            ? names.Where(n => n.Type != "AWS" || dice.Percent(90)).ToList()
            : [.. Enumerable.Range(0, 1 + dice.Next(2)).Select(_ => dice.Percent(75) && names.Count > 0 ? dice.Of(names) : dice.Of(AskWords.Principals))];
        foreach (var type in listed.GroupBy(n => n.Type, n => n.Value))
        {
            List<string> values = [.. type];
            byType[type.Key] = values.Count == 1 && dice.Percent(50) ? values[0] : values;
        }

        return byType;
    }

    private object Some(Func<string> one)
    {
        var count = dice.Percent(60) ? 1 : 2 + dice.Next(2);
        return count == 1 && dice.Percent(50) ? one() : Enumerable.Range(0, count).Select(_ => one()).ToList();
    }

    private string AnyCase(string text) =>
        string.Concat(text.Select(c => dice.Percent(30) ? char.IsUpper(c) ? char.ToLowerInvariant(c) : char.ToUpperInvariant(c) : c));

    private readonly record struct Seed(Asker Asker, string Action, string Resource, IReadOnlyList<Fact> Facts);
}
