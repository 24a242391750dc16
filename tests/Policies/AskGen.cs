using System.Text.Json;
using System.Text.Encodings.Web;
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
        var isTrust = dice.Chance(20);
        var asker = Asker();
        var action = isTrust ? dice.Pick(AskWords.TrustActions) : dice.Pick(AskWords.Actions);
        var resource = isTrust ? dice.Pick(AskWords.Roles) : dice.Pick(AskWords.Resources);
        var facts = conditions.Facts();
        var seed = new Seed(asker, action, resource, facts);
        var own = isTrust || dice.Chance(45)
            ? Document(seed, isTrust ? PolicyKind.Trust : PolicyKind.Resource)
            : null;
        var ask = new Ask(
            asker,
            dice.Chance(10) ? AnyCase(action) : action,
            resource,
            facts,
            Documents(seed, 1, PolicyKind.Inline),
            dice.Chance(30) ? Document(seed, PolicyKind.Boundary) : null,
            dice.Chance(60) ? [] : Documents(seed, 0, PolicyKind.Session),
            own,
            isTrust,
            isTrust || dice.Chance(70) ? null : dice.Pick(["", AskWords.Own, AskWords.Foreign]));
        return dice.Chance(15) ? Shifted(ask) : ask;
    }

    /// <summary>The same question about something else.</summary>
    private Ask Shifted(Ask ask) => dice.Below(3) switch
    {
        0 => ask with { Action = ask.OwnIsTrust ? dice.Pick(AskWords.TrustActions) : dice.Pick(AskWords.Actions) },
        1 => ask with { Resource = ask.OwnIsTrust ? dice.Pick(AskWords.Roles) : dice.Pick(AskWords.Resources) },
        _ => ask with { Facts = conditions.Facts() },
    };

    private Asker Asker() => dice.Below(12) switch
    {
        0 => new(AskerKind.Root, AskWords.Own),
        1 or 2 or 3 or 4 => AskWords.Alice,
        5 or 6 or 7 => AskWords.Session,
        8 or 9 => AskWords.Guest,
        10 => dice.Chance(50) ? new(AskerKind.Service, Arn: "ssm.amazonaws.com") : new(AskerKind.Provider, Arn: "accounts.example.com"),
        _ => new(AskerKind.Anonymous),
    };

    private List<string> Documents(Seed seed, int atLeast, PolicyKind kind) =>
        [.. Enumerable.Range(0, atLeast + dice.Below(2)).Select(_ => Document(seed, kind))];

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
        if (mustBeNew || dice.Chance(80))
        {
            document["Version"] = mustBeNew || dice.Chance(85) ? "2012-10-17" : "2008-10-17";
        }

        // beyond eight statements the engine finds them by an index
        var count = dice.Chance(12) ? 9 + dice.Below(6) : 1 + dice.Below(3);
        var statements = Enumerable.Range(0, count).Select(_ => Statement(seed, kind)).ToList();
        document["Statement"] = count == 1 && dice.Chance(50) ? statements[0] : statements;
        return JsonSerializer.Serialize(document, _relaxed);
    }

    private Dictionary<string, object> Statement(Seed seed, PolicyKind kind)
    {
        var isDeny = dice.Chance(18);
        var statement = new Dictionary<string, object> { ["Effect"] = isDeny ? "Deny" : "Allow" };
        var actions = Some(() => ActionPattern(seed.Action, kind));
        statement[kind != PolicyKind.Trust && dice.Chance(15) ? "NotAction" : "Action"] = actions;
        if (kind != PolicyKind.Trust)
        {
            var resources = Some(() => dice.Chance(25) ? "*" : ResourcePattern(seed.Resource));
            statement[dice.Chance(20) ? "NotResource" : "Resource"] = resources;
        }

        if (kind is PolicyKind.Trust or PolicyKind.Resource)
        {
            var except = isDeny && kind == PolicyKind.Resource && dice.Chance(50);
            statement[except ? "NotPrincipal" : "Principal"] = Principals(seed.Asker, except);
        }

        if (dice.Chance(45))
        {
            statement["Condition"] = conditions.Block(seed.Facts);
        }

        return statement;
    }

    private string ActionPattern(string action, PolicyKind kind)
    {
        var isTrust = kind == PolicyKind.Trust;
        var from = dice.Chance(70) ? action : isTrust ? dice.Pick(AskWords.TrustActions) : dice.Pick(AskWords.Actions);
        var colon = from.IndexOf(':', StringComparison.Ordinal) + 1;
        var name = from[colon..];
        return dice.Below(9) switch
        {
            0 or 1 => from,
            2 => AnyCase(from),
            3 when !isTrust => dice.Pick(["*", "*:*", "*:" + name]),
            4 => from[..colon] + "*",
            5 => from[..colon] + name[..dice.Below(name.Length)] + "*",
            6 => from[..colon] + "*" + name[dice.Below(name.Length)..],
            _ => from[..colon] + Blurred(name),
        };
    }

    private string ResourcePattern(string resource)
    {
        var from = dice.Chance(75) ? resource : dice.Pick(AskWords.Resources);
        var parts = from.Split(':', 6);
        if (parts.Length < 6)
        {
            return "*";
        }

        switch (dice.Below(9))
        {
            case 0:
                return from;
            case 1:
                return string.Join(':', parts[..(3 + dice.Below(3))]) + ":*";
            case 2 when parts[3].Length > 0:
                parts[3] = dice.Pick(["*", "us-*", "us-east-?", "??-east-1"]);
                break;
            case 3 when parts[4].Length > 0:
                parts[4] = dice.Pick(["*", AskWords.Own, "1111*"]);
                break;
            case 4:
                parts[5] = parts[5].Replace("alice", dice.Pick(AskWords.Variables), StringComparison.Ordinal);
                break;
            case 5:
                // a star that is meant: only the first is one
                parts[5] = parts[5].Replace("*", "${*}", StringComparison.Ordinal) + dice.Pick(["", "*"]);
                break;
            case 6 when parts[5].Length > 0:
                parts[5] = parts[5][..dice.Below(parts[5].Length)].TrimEnd('\ud83d') + "*";
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
            return dice.Pick(["*", "?", text]);
        }

        var at = dice.Below(text.Length);
        var length = 1 + dice.Below(text.Length - at);
        return dice.Below(5) switch
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
        if (dice.Chance(12))
        {
            return "*";
        }

        var names = AskWords.NamesOf(asker);
        var byType = new Dictionary<string, object>();
        var everyName = except && dice.Chance(60);
        var listed = everyName
            ? names.Where(n => n.Type != "AWS" || dice.Chance(90)).ToList()
            : [.. Enumerable.Range(0, 1 + dice.Below(2)).Select(_ => dice.Chance(75) && names.Count > 0 ? dice.Pick(names) : dice.Pick(AskWords.Principals))];
        foreach (var type in listed.GroupBy(n => n.Type, n => n.Value))
        {
            List<string> values = [.. type];
            byType[type.Key] = values.Count == 1 && dice.Chance(50) ? values[0] : values;
        }

        return byType;
    }

    private object Some(Func<string> one)
    {
        var count = dice.Chance(60) ? 1 : 2 + dice.Below(2);
        return count == 1 && dice.Chance(50) ? one() : Enumerable.Range(0, count).Select(_ => one()).ToList();
    }

    private string AnyCase(string text) =>
        string.Concat(text.Select(c => dice.Chance(30) ? char.IsUpper(c) ? char.ToLowerInvariant(c) : char.ToUpperInvariant(c) : c));

    private readonly record struct Seed(Asker Asker, string Action, string Resource, IReadOnlyList<Fact> Facts);
}
