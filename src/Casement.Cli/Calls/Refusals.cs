using System.Globalization;
using System.Text.Json;
using System.Xml;

namespace Casement.Cli.Calls;

/// <summary>Error answers of both protocols.</summary>
internal static class Refusals
{
    internal static RefusalException Read(int status, string body)
    {
        try
        {
            return body.TrimStart() switch
            {
                ['{', ..] => OfJson(status, body),
                ['<', ..] => OfXml(status, body),
                _ => Unreadable(status),
            };
        }
        catch (Exception fault) when (fault is JsonException or XmlException or InvalidOperationException)
        {
            return Unreadable(status);
        }
    }

    private static RefusalException OfJson(int status, string body)
    {
        using var document = JsonDocument.Parse(body);
        string? code = null;
        var message = "";
        foreach (var member in document.RootElement.EnumerateObject())
        {
            if (member.Value.ValueKind != JsonValueKind.String)
            {
                continue;
            }

            if (member.NameEquals("__type"))
            {
                // some services put a namespace before the code
                code = member.Value.GetString()!.Split('#')[^1];
            }
            else if (string.Equals(member.Name, "message", StringComparison.OrdinalIgnoreCase))
            {
                message = member.Value.GetString()!;
            }
        }

        return code is null ? Unreadable(status) : new RefusalException(code, message);
    }

    private static RefusalException OfXml(int status, string body)
    {
        var reply = QueryReply.Parse(body);
        return reply.Text("Code") is { } code ? new RefusalException(code, reply.Text("Message") ?? "") : Unreadable(status);
    }

    private static RefusalException Unreadable(int status)
        => new("HTTP " + status.ToString(CultureInfo.InvariantCulture), "The answer says no more.");
}
