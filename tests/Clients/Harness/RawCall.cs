using System.Text;
using Casement.Aws.Signing;

namespace Casement.Clients.Tests.Harness;

/// <summary>A request as a test wants it on the wire. Host, Content-Length and the signature are added when it is sent.</summary>
public sealed record RawCall
{
    /// <summary>The service that the signature's scope names.</summary>
    public required string Service { get; init; }

    public string Method { get; init; } = "POST";

    public string Path { get; init; } = "/";

    /// <summary>Without the question mark.</summary>
    public string Query { get; init; } = "";

    public IReadOnlyList<KeyValuePair<string, string>> Headers { get; init; } = [];

    public ReadOnlyMemory<byte> Body { get; init; }

    /// <summary>When it claims to be signed; the real now when null.</summary>
    public DateTimeOffset? SignedAt { get; init; }

    /// <summary>The region of the scope; the server's own when null.</summary>
    public string? Region { get; init; }

    /// <summary>An AWS JSON 1.1 call of Systems Manager.</summary>
    public static RawCall Ssm(string operation, string json = "{}") => Json("ssm", $"AmazonSSM.{operation}", json);

    public static RawCall Json(string service, string target, string json) => new()
    {
        Service = service,
        Headers = [new("Content-Type", "application/x-amz-json-1.1"), new("X-Amz-Target", target)],
        Body = Encoding.UTF8.GetBytes(json),
    };

    public static RawCall Iam(string action, params (string Name, string Value)[] form) => Form("iam", "2010-05-08", action, form);

    public static RawCall Sts(string action, params (string Name, string Value)[] form) => Form("sts", "2011-06-15", action, form);

    public static RawCall Form(string service, string version, string action, params (string Name, string Value)[] form) => new()
    {
        Service = service,
        Headers = [new("Content-Type", "application/x-www-form-urlencoded; charset=utf-8")],
        Body = Encoding.UTF8.GetBytes(string.Join('&', form
            .Prepend(("Version", version)).Prepend(("Action", action))
            .Select(p => $"{Uri.EscapeDataString(p.Item1)}={Uri.EscapeDataString(p.Item2)}"))),
    };

    /// <summary>One of Casement's own operations under <c>/casement/</c>.</summary>
    public static RawCall Own(string path, string json = "{}") => new()
    {
        Service = "casement",
        Path = $"/casement/{path}",
        Headers = [new("Content-Type", "application/json")],
        Body = Encoding.UTF8.GetBytes(json),
    };

    public RawCall With(string header, string value) => this with { Headers = [.. Headers, new(header, value)] };

    internal HttpMessage Message(string host) => new(Method, Path, Query, [new("Host", host), .. Headers], Body);
}

/// <summary>The reply as it came.</summary>
public sealed record RawReply(int Status, IReadOnlyDictionary<string, string> Headers, string Text)
{
    /// <summary>The error's code in either protocol; empty on success.</summary>
    public string Code => Text.StartsWith('<') ? Element("Code") : Member("__type");

    /// <summary>The error's text in either protocol.</summary>
    public string Message => Text.StartsWith('<') ? Element("Message") : Member("message") is { Length: > 0 } lower ? lower : Member("Message");

    public string Element(string name)
    {
        var root = System.Xml.Linq.XDocument.Parse(Text).Root!;
        return root.Descendants(root.Name.Namespace + name).FirstOrDefault()?.Value ?? "";
    }

    public string Member(string name)
    {
        var json = System.Text.Json.JsonSerializer.Deserialize<System.Text.Json.JsonElement>(Text);
        return json.TryGetProperty(name, out var value) ? value.ToString() : "";
    }
}
