using System.Text;
using System.Text.Json;

namespace Casement.Policies;

/// <summary>
/// Reads a document's JSON into statements. Bounded: nesting is limited, duplicate keys are refused, and the text is
/// walked once. The first fault of shape is kept, and the rest is read only to know whether the text is JSON at all,
/// since AWS words that differently for trust policies.
/// </summary>
internal ref struct PolicyReader
{
    private const int DepthMax = 16;

    private readonly ReadOnlySpan<byte> utf8;
    private Utf8JsonReader json;
    private LineCounter lines;
    private PolicyFault? fault;

    private PolicyReader(ReadOnlySpan<byte> utf8)
    {
        this.utf8 = utf8;
        json = new Utf8JsonReader(utf8, new JsonReaderOptions { MaxDepth = DepthMax });
        lines = new LineCounter(utf8);
    }

    /// <summary>Reads the text, or says what is wrong with it.</summary>
    public static RawPolicy? Read(ReadOnlySpan<byte> utf8, PolicyKind kind, out PolicyFault? fault)
    {
        var reader = new PolicyReader(utf8);
        try
        {
            reader.json.Read();
            var policy = reader.ReadDocument();
            while (reader.json.Read())
            {
                // only a whole text can be called JSON
            }

            fault = reader.fault;
            return fault is null ? policy : null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // Utf8JsonReader has no other way to say it; InvalidOperationException is an unpaired surrogate escape.
            var where = e is JsonException { LineNumber: { } line, BytePositionInLine: { } column }
                ? new SourcePosition((int)line + 1, (int)column + 1)
                : (SourcePosition?)null;
            var message = kind == PolicyKind.Trust ? "This policy contains invalid Json" : PolicyFault.Syntax;
            fault = new PolicyFault(message, $"The document is not valid JSON: {e.Message}", where);
            return null;
        }
    }

    private RawPolicy? ReadDocument()
    {
        if (json.TokenType != JsonTokenType.StartObject)
        {
            Refuse("The document must be a JSON object.");
            return null;
        }

        string? version = null;
        string? id = null;
        List<PolicyStatement>? statements = null;
        var seen = new HashSet<string>(StringComparer.Ordinal);
        while (fault is null && NextKey(seen, "the document") is { } key)
        {
            switch (key)
            {
                case "Version":
                    version = ReadText(key);
                    if (fault is null && version is not (RawPolicy.Version2012 or RawPolicy.Version2008))
                    {
                        Refuse($"Version '{version}' must be 2012-10-17 or 2008-10-17.");
                    }

                    break;
                case "Id":
                    id = ReadText(key);
                    break;
                case "Statement":
                    statements = ReadStatements();
                    break;
                default:
                    Refuse($"Unknown element '{key}'; a document has Version, Id and Statement.");
                    break;
            }
        }

        if (fault is null && statements is not { Count: > 0 })
        {
            Refuse("Statement must hold at least one statement.");
        }

        return fault is null ? new RawPolicy(version, id, statements!) : null;
    }

    private List<PolicyStatement> ReadStatements()
    {
        var statements = new List<PolicyStatement>();
        if (json.TokenType == JsonTokenType.StartObject)
        {
            statements.Add(ReadStatement(0));
            return statements;
        }

        if (json.TokenType != JsonTokenType.StartArray)
        {
            Refuse("Statement must be an object or an array of objects.");
            return statements;
        }

        while (fault is null && json.Read() && json.TokenType != JsonTokenType.EndArray)
        {
            if (json.TokenType != JsonTokenType.StartObject)
            {
                Refuse($"Statement {statements.Count + 1} must be an object.");
                break;
            }

            statements.Add(ReadStatement(statements.Count));
        }

        return statements;
    }

    private PolicyStatement ReadStatement(int index)
    {
        var start = lines.At(json.TokenStartIndex);
        var draft = new PolicyStatement { Index = index };
        var seen = new HashSet<string>(StringComparer.Ordinal);
        while (fault is null && NextKey(seen, $"statement {index + 1}") is { } key)
        {
            draft = key switch
            {
                "Sid" => draft with { Sid = ReadText(key) },
                "Effect" => draft with { EffectText = ReadText(key) },
                "Action" => draft with { Actions = ReadTexts(key) },
                "NotAction" => draft with { NotActions = ReadTexts(key) },
                "Resource" => draft with { Resources = ReadTexts(key) },
                "NotResource" => draft with { NotResources = ReadTexts(key) },
                "Principal" => draft with { Principals = ReadPrincipals(index, key) },
                "NotPrincipal" => draft with { NotPrincipals = ReadPrincipals(index, key) },
                "Condition" => draft with { Conditions = ReadConditions() },
                _ => RefuseElement(draft, key),
            };
        }

        if (fault is null)
        {
            CheckShape(draft);
        }

        return draft with { Span = new SourceSpan(start, lines.At(json.TokenStartIndex)) };
    }

    private PolicyStatement RefuseElement(PolicyStatement draft, string key)
    {
        Refuse($"Statement {draft.Index + 1}: unknown element '{key}'.");
        return draft;
    }

    private void CheckShape(PolicyStatement draft)
    {
        var number = draft.Index + 1;
        if (draft.Actions is not null && draft.NotActions is not null)
        {
            Refuse($"Statement {number}: Action and NotAction exclude each other.");
        }
        else if (draft.Resources is not null && draft.NotResources is not null)
        {
            Refuse($"Statement {number}: Resource and NotResource exclude each other.");
        }
        else if (draft.Principals is not null && draft.NotPrincipals is not null)
        {
            Refuse($"Statement {number}: Principal and NotPrincipal exclude each other.");
        }
        else if (!draft.EffectText.Equals("Allow", StringComparison.OrdinalIgnoreCase)
            && !draft.EffectText.Equals("Deny", StringComparison.OrdinalIgnoreCase))
        {
            Refuse($"Statement {number}: Effect '{draft.EffectText}' must be Allow or Deny.");
        }
    }

    /// <summary>Steps to the next key of an object and onto its value; null at the object's end.</summary>
    private string? NextKey(HashSet<string> seen, string where)
    {
        json.Read();
        if (json.TokenType == JsonTokenType.EndObject)
        {
            return null;
        }

        var key = json.GetString()!;
        if (!seen.Add(key))
        {
            Refuse($"The key '{key}' stands twice in {where}.");
            return null;
        }

        json.Read();
        return key;
    }

    private string ReadText(string name)
    {
        if (json.TokenType == JsonTokenType.String)
        {
            return CheckedText(name);
        }

        Refuse($"{name} must be a string.");
        return "";
    }

    private string CheckedText(string name)
    {
        var text = json.GetString()!;
        if (WildcardText.HasMarks(text))
        {
            Refuse($"{name} holds one of the code points U+FFFE and U+FFFF, which are not characters.");
        }

        return text;
    }

    private List<string> ReadTexts(string name)
    {
        var texts = new List<string>();
        if (json.TokenType != JsonTokenType.StartArray)
        {
            texts.Add(ReadText(name));
            return texts;
        }

        while (fault is null && json.Read() && json.TokenType != JsonTokenType.EndArray)
        {
            texts.Add(ReadText(name));
        }

        return texts;
    }

    private List<PrincipalName> ReadPrincipals(int index, string name)
    {
        var principals = new List<PrincipalName>();
        if (json.TokenType == JsonTokenType.String)
        {
            if (!json.ValueTextEquals("*"u8))
            {
                Refuse($"{name} '{json.GetString()}' must be \"*\" or an object.");
            }

            principals.Add(ReadPrincipal("AWS", index));
            return principals;
        }

        if (json.TokenType != JsonTokenType.StartObject)
        {
            Refuse($"{name} must be \"*\" or an object.");
            return principals;
        }

        var seen = new HashSet<string>(StringComparer.Ordinal);
        while (fault is null && NextKey(seen, name) is { } type)
        {
            if (type is not ("AWS" or "Service" or "Federated" or "CanonicalUser"))
            {
                Refuse($"{name} has the unknown type '{type}'; known are AWS, Service, Federated and CanonicalUser.");
                break;
            }

            if (json.TokenType != JsonTokenType.StartArray)
            {
                principals.Add(ReadPrincipal(type, index));
                continue;
            }

            while (fault is null && json.Read() && json.TokenType != JsonTokenType.EndArray)
            {
                principals.Add(ReadPrincipal(type, index));
            }
        }

        return principals;
    }

    private PrincipalName ReadPrincipal(string type, int index)
    {
        var start = (int)json.TokenStartIndex;
        return new PrincipalName(type, ReadText("Principal"), index) { Bytes = start..(int)json.BytesConsumed };
    }

    private List<PolicyCondition> ReadConditions()
    {
        var conditions = new List<PolicyCondition>();
        if (json.TokenType != JsonTokenType.StartObject)
        {
            Refuse("Condition must be an object of operators.");
            return conditions;
        }

        var seen = new HashSet<string>(StringComparer.Ordinal);
        while (fault is null && NextKey(seen, "Condition") is { } name)
        {
            if (json.TokenType != JsonTokenType.StartObject)
            {
                Refuse($"Condition operator '{name}' must hold an object of condition keys.");
                break;
            }

            var keys = new HashSet<string>(StringComparer.Ordinal);
            while (fault is null && NextKey(keys, name) is { } key)
            {
                conditions.Add(new PolicyCondition(name, key, ReadConditionValues(key)));
                if (fault is null && !ConditionOperator.TryParse(name, out _))
                {
                    Refuse($"Unknown condition operator '{name}'.");
                }
            }
        }

        return conditions;
    }

    private List<string> ReadConditionValues(string key)
    {
        var values = new List<string>();
        if (json.TokenType != JsonTokenType.StartArray)
        {
            values.Add(ReadConditionValue(key));
            return values;
        }

        while (fault is null && json.Read() && json.TokenType != JsonTokenType.EndArray)
        {
            values.Add(ReadConditionValue(key));
        }

        return values;
    }

    private string ReadConditionValue(string key)
    {
        switch (json.TokenType)
        {
            case JsonTokenType.String:
                return CheckedText(key);
            case JsonTokenType.Number:
                return Encoding.UTF8.GetString(json.ValueSpan);
            case JsonTokenType.True:
                return "true";
            case JsonTokenType.False:
                return "false";
            default:
                Refuse($"The condition key '{key}' takes strings, numbers, booleans or an array of them.");
                return "";
        }
    }

    private void Refuse(string detail)
    {
        // the reader goes on to the end of the text, so only the first fault counts
        fault ??= new PolicyFault(PolicyFault.Syntax, detail, lines.At(Math.Min(json.TokenStartIndex, utf8.Length)));
    }
}
