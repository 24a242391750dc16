using System.Text.Json;

namespace Casement.Tests.PolicyOracle;

/// <summary>How closely a statement of a resource's policy names a caller.</summary>
internal enum Closeness
{
    None,
    Account,
    Origin,
    Direct,
}

/// <summary>One statement as JSON, asked by walking it.</summary>
internal sealed class Sentence(JsonElement json, bool hasVariables, string place)
{
    public string Place { get; } = place;

    public bool Allows { get; } = json.GetProperty("Effect").GetString() == "Allow";

    public static List<Sentence> AllOf(string layer, IReadOnlyList<string> documents)
    {
        var all = new List<Sentence>();
        for (var d = 0; d < documents.Count; d++)
        {
            var root = JsonDocument.Parse(documents[d]).RootElement;
            var variables = root.TryGetProperty("Version", out var version) && version.GetString() == "2012-10-17";
            var s = 0;
            foreach (var statement in OneOrMany(root.GetProperty("Statement")))
            {
                all.Add(new Sentence(statement, variables, $"{layer} {d}/{s++}"));
            }
        }

        return all;
    }

    /// <summary>Action, resource and conditions; who asks is another matter.</summary>
    public bool Fits(Ask ask) => FitsAction(ask) && FitsResource(ask) && FitsConditions(ask);

    public Closeness Names(Asker asker)
    {
        if (json.TryGetProperty("Principal", out var named))
        {
            return Named(Listed(named), asker);
        }

        return json.TryGetProperty("NotPrincipal", out var spared) && IsSpared(Listed(spared), asker)
            ? Closeness.None
            : Closeness.Direct;
    }

    private bool FitsAction(Ask ask) => json.TryGetProperty("Action", out var actions)
        ? Texts(actions).Any(a => FitsAction(a, ask.Action))
        : !Texts(json.GetProperty("NotAction")).Any(a => FitsAction(a, ask.Action));

    private static bool FitsAction(string pattern, string action)
    {
        if (pattern == "*")
        {
            return true;
        }

        // service and name are two texts, each with its own pattern
        var wanted = pattern.Split(':');
        var given = action.Split(':');
        return wanted.Length == 2 && given.Length == 2
            && Glob.Fits(Glob.Read(wanted[0]), given[0], ignoreCase: true)
            && Glob.Fits(Glob.Read(wanted[1]), given[1], ignoreCase: true);
    }

    private bool FitsResource(Ask ask)
    {
        if (json.TryGetProperty("Resource", out var resources))
        {
            return Texts(resources).Any(r => FitsResource(r, ask));
        }

        // a trust policy has neither: it is about its own role
        return !json.TryGetProperty("NotResource", out var spared) || !Texts(spared).Any(r => FitsResource(r, ask));
    }

    private bool FitsResource(string pattern, Ask ask)
    {
        if (pattern == "*")
        {
            return true;
        }

        var wanted = pattern.Split(':', 6);
        var given = ask.Resource.Split(':', 6);
        if (wanted.Length < 6 && pattern.EndsWith('*') && given.Length > wanted.Length)
        {
            // a short pattern's last star covers the rest
            given = ask.Resource.Split(':', wanted.Length);
        }

        if (wanted.Length != given.Length)
        {
            return false;
        }

        for (var i = 0; i < wanted.Length; i++)
        {
            var part = Glob.Read(wanted[i], wildcards: true, hasVariables && i == 5 ? ask.Facts : null);
            if (part is null || !Glob.Fits(part, given[i]))
            {
                return false;
            }
        }

        return true;
    }

    private bool FitsConditions(Ask ask)
    {
        if (!json.TryGetProperty("Condition", out var operators))
        {
            return true;
        }

        return operators.EnumerateObject().All(op => op.Value.EnumerateObject().All(
            key => Operators.Holds(op.Name, key.Name, Texts(key.Value), ask.Facts, hasVariables)));
    }

    private static Closeness Named(List<(string Type, string Value)> listed, Asker asker)
    {
        if (listed.Contains(("AWS", "*")))
        {
            return Closeness.Direct;
        }

        return HasSelf(listed, asker) ? Closeness.Direct
            : HasOrigin(listed, asker) ? Closeness.Origin
            : HasAccount(listed, asker) ? Closeness.Account
            : Closeness.None;
    }

    /// <summary>Spared is who is listed by every name: its own, its origin's and its account's.</summary>
    private static bool IsSpared(List<(string Type, string Value)> listed, Asker asker) =>
        listed.Contains(("AWS", "*"))
        || (HasSelf(listed, asker)
            && (asker.OriginArn.Length == 0 || HasOrigin(listed, asker))
            && (asker.Account.Length == 0 || HasAccount(listed, asker)));

    private static bool HasSelf(List<(string Type, string Value)> listed, Asker asker) => asker.Kind switch
    {
        AskerKind.Root => HasAccount(listed, asker),
        AskerKind.User => listed.Contains(("AWS", asker.Arn)) || listed.Contains(("AWS", asker.Id)),
        AskerKind.RoleSession or AskerKind.FederatedSession => listed.Contains(("AWS", asker.Arn)),
        AskerKind.Service => listed.Any(p => p.Type == "Service" && p.Value.Equals(asker.Arn, StringComparison.OrdinalIgnoreCase)),
        AskerKind.Provider => listed.Contains(("Federated", asker.Arn)),
        AskerKind.Anonymous => false,
    };

    private static bool HasOrigin(List<(string Type, string Value)> listed, Asker asker) =>
        asker.OriginArn.Length > 0 && (listed.Contains(("AWS", asker.OriginArn)) || listed.Contains(("AWS", asker.OriginId)));

    private static bool HasAccount(List<(string Type, string Value)> listed, Asker asker) =>
        asker.Account.Length > 0
        && (listed.Contains(("AWS", asker.Account)) || listed.Contains(("AWS", $"arn:aws:iam::{asker.Account}:root")));

    private static List<(string Type, string Value)> Listed(JsonElement principals) =>
        principals.ValueKind == JsonValueKind.String
            ? [("AWS", principals.GetString()!)]
            : [.. principals.EnumerateObject().SelectMany(p => Texts(p.Value).Select(v => (p.Name, v)))];

    private static List<JsonElement> OneOrMany(JsonElement json) =>
        json.ValueKind == JsonValueKind.Array ? [.. json.EnumerateArray()] : [json];

    private static List<string> Texts(JsonElement json) => [.. OneOrMany(json).Select(v => v.ValueKind switch
    {
        JsonValueKind.String => v.GetString()!,
        JsonValueKind.True => "true",
        JsonValueKind.False => "false",
        _ => v.GetRawText(),
    })];
}
