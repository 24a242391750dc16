using System.Buffers.Text;
using System.Text;
using System.Text.Json;
using Casement.Aws.Signing;
using Casement.Tests;

namespace Casement.Server.Tests.Fuzzing;

/// <summary>What the server hands out sealed, and what clients sign: spoiled, it is refused as what it is, and nothing else happens.</summary>
public sealed class SecretFuzzTests : IDisposable
{
    private readonly FuzzStage _stage = new();

    public void Dispose() => _stage.Dispose();

    [Fact]
    public void A_spoiled_page_token_is_refused()
    {
        var operation = _stage.Operation("DescribeMaintenanceWindows");
        for (var more = 0; more < 12; more++)
        {
            _stage.Send(_stage.Operation("CreateMaintenanceWindow"), Encoding.UTF8.GetBytes(
                $$"""{"Name":"another{{more}}","Schedule":"rate(1 hour)","Duration":2,"Cutoff":1,"AllowUnassociatedTargets":true}"""));
        }

        using var page = JsonDocument.Parse(_stage.Send(operation, """{"MaxResults":10}"""u8.ToArray()).Text);
        var token = page.RootElement.GetProperty("NextToken").GetString()!;
        var genuine = Base64Url.DecodeFromChars(token);
        Assert.Equal(200, _stage.Send(operation, Ask(token)).Status);
        new Fuzz("tokens", "=", "==", "-", "_", "+", "/", " ", "\n", "A", "AAAA").With(new Dictionary<string, string> { ["token"] = token }).Run(Soak.Times(2000), text =>
        {
            var spoiled = Encoding.UTF8.GetString(text);
            var answer = _stage.Send(operation, Ask(spoiled));
            var same = spoiled.Length == 0 || (Base64Url.IsValid(spoiled) && Base64Url.DecodeFromChars(spoiled).AsSpan().SequenceEqual(genuine));
            return _stage.Server.FaultOf(answer)
                ?? (answer.Status == 200 && !same ? $"taken: {answer.Text}" : null)
                ?? (answer.Status == 200 || answer.Code == "ValidationException" ? null : $"{answer.Code}: {answer.Text}");
        });

        static byte[] Ask(string token) => JsonSerializer.SerializeToUtf8Bytes(new { NextToken = token, MaxResults = 10 });
    }

    [Fact]
    public void A_spoiled_marker_is_refused()
    {
        var operation = _stage.Operation("ListPolicies");
        var genuine = _stage.Known["Marker"];
        new Fuzz("tokens", "=", "==", "-", "_", "+", "/", " ", "\n", "A", "AAAA").With(new Dictionary<string, string> { ["token"] = genuine }).Run(Soak.Times(2000), text =>
        {
            var answer = _stage.Send(operation, [.. "Action=ListPolicies&Version=2010-05-08&MaxItems=1&Marker="u8, .. Encoding.UTF8.GetBytes(Uri.EscapeDataString(Encoding.UTF8.GetString(text)))]);
            return _stage.Server.FaultOf(answer) ?? (answer.Status == 200 && !IsSame(text, genuine) ? $"taken: {answer.Text}" : null);
        });
    }

    [Fact]
    public void A_spoiled_session_token_is_refused()
    {
        var operation = _stage.Operation("GetMessages");
        var keys = _stage.Server.By(operation);
        new Fuzz("tokens", "=", "==", "-", "_", "+", "/", " ", "A", "AAAA").With(new Dictionary<string, string> { ["token"] = keys.SessionToken! }).Run(Soak.Times(1000), text =>
        {
            var spoiled = Encoding.UTF8.GetString(text);
            _stage.Server.ActAs(keys with { SessionToken = spoiled });
            var answer = _stage.Send(operation, JsonSerializer.SerializeToUtf8Bytes(new { Destination = _stage.Known["InstanceId"] }));
            _stage.Server.ActAs(keys);
            return _stage.Server.FaultOf(answer, leaves: true)
                ?? (answer.Code is "UnrecognizedClientException" or "IncompleteSignatureException" or "InvalidSignatureException" || IsSame(text, keys.SessionToken!)
                    ? null
                    : $"{answer.Status} {answer.Code} {answer.Text}");
        });
    }

    [Fact]
    public void A_spoiled_signature_is_refused()
    {
        var operation = _stage.Operation("GetCallerIdentity");
        var genuine = _stage.Server.Signed(operation, "Action=GetCallerIdentity&Version=2011-06-15"u8.ToArray());
        Assert.Equal(200, _stage.Server.Send(genuine).Status);
        var lines = string.Join('\n', genuine.Headers.Select(header => $"{header.Key}: {header.Value}"));
        new Fuzz("signatures",
            "AWS4-HMAC-SHA256", "Credential=", "SignedHeaders=", "Signature=", ";", ",", "/", "=", " ", "host;", "host;host;", "aws4_request", "20260302", "X-Amz-Date: ", "\n",
            "X-Amz-Security-Token: AAAA\n", "X-Amz-Content-Sha256: UNSIGNED-PAYLOAD\n", "mi-00000000000000000", "\u00e9", "Date: Mon, 02 Mar 2026 10:00:00 GMT\n")
            .With(new Dictionary<string, string> { ["signed"] = lines }).Run(Soak.Times(4000), text =>
            {
                var spoiled = Encoding.UTF8.GetString(text);
                var answer = _stage.Server.Send(genuine with { Headers = Headers(spoiled) });
                return _stage.Server.FaultOf(answer) ?? (answer.Status == 200 && !MeansTheSame(genuine, spoiled) ? $"taken: {spoiled}" : null);
            });
    }

    [Fact]
    public void A_spoiled_presigned_query_is_refused()
    {
        var keys = _stage.Server.By(_stage.Operation("GetCallerIdentity"));
        var bare = new HttpMessage("GET", "/", "Action=GetCallerIdentity&Version=2011-06-15", [new("Host", "127.0.0.1:8470")], default);
        var query = SigV4.Presign(bare, keys, FuzzServer.Region, "sts", TimeProvider.System.GetUtcNow(), TimeSpan.FromMinutes(10));
        new Fuzz("queries", "&", "=", "%", "%2", "%zz", "+", "X-Amz-Signature=", "X-Amz-Algorithm=AWS4-HMAC-SHA256", "X-Amz-Expires=", "X-Amz-Security-Token=", "X-Amz-Date=", "&Action=x", "%C3%A9")
            .With(new Dictionary<string, string> { ["query"] = query }).Run(Soak.Times(3000), text =>
            {
                // what Kestrel would let through
                var spoiled = string.Concat(Encoding.Latin1.GetString(text).Where(letter => letter is > ' ' and <= '~'));
                var answer = _stage.Server.Send(bare with { RawQuery = spoiled });
                return _stage.Server.FaultOf(answer) ?? (answer.Status == 200 && Pairs(spoiled) != Pairs(query) ? $"taken: {spoiled}" : null);
            });
    }

    private static bool IsSame(byte[] text, string genuine)
    {
        var bytes = new byte[text.Length];
        return Convert.TryFromBase64String(Encoding.UTF8.GetString(text), bytes, out var length) && bytes.AsSpan(0, length).SequenceEqual(Convert.FromBase64String(genuine));
    }

    // as Kestrel hands them on: no control characters, no white space at the ends
    private static List<KeyValuePair<string, string>> Headers(string lines) =>
    [
        .. lines.Split('\n').Select(line => line.Split(':', 2)).Where(pair => pair.Length == 2 && pair[0].Length > 0)
            .Select(pair => KeyValuePair.Create(pair[0], string.Concat(pair[1].Where(letter => !char.IsControl(letter) || letter == '\t')).Trim(' ', '\t'))),
    ];

    /// <summary>Whatever is signed is as it was, apart from white space that folds; headers that nobody signs do not matter.</summary>
    private static bool MeansTheSame(HttpMessage genuine, string spoiled)
    {
        var changed = genuine with { Headers = Headers(spoiled) };
        return SigV4.TryRead(genuine, out var before, out _) && SigV4.TryRead(changed, out var after, out _) && before.ToString() == after.ToString()
            && before.Signature == after.Signature && before.SignedHeaders == after.SignedHeaders
            && before.SignedHeaders.Split(';').All(name => Fold(genuine.Header(name)) == Fold(changed.Header(name)));
    }

    private static string Fold(string? value) => string.Join(' ', (value ?? "").Split(default(char[]), StringSplitOptions.RemoveEmptyEntries)).Replace(" ,", ",", StringComparison.Ordinal);

    private static string Pairs(string query) => string.Join('&', query.Split('&').Where(pair => pair.Length > 0)
        .Select(pair => string.Join('=', pair.Split('=', 2).Append("").Take(2).Select(word => Convert.ToHexString(UriBytes(word))))).Order(StringComparer.Ordinal));

    private static byte[] UriBytes(string word)
    {
        var bytes = new List<byte>();
        for (var at = 0; at < word.Length; at++)
        {
            var escaped = word[at] == '%' && at + 2 < word.Length && char.IsAsciiHexDigit(word[at + 1]) && char.IsAsciiHexDigit(word[at + 2]);
            bytes.Add(escaped ? Convert.FromHexString(word.AsSpan(at + 1, 2))[0] : word[at] == '+' ? (byte)' ' : (byte)word[at]);
            at += escaped ? 2 : 0;
        }

        return [.. bytes];
    }
}
