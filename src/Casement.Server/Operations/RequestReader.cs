using Casement.Aws.Signing;
using Microsoft.AspNetCore.Http;

namespace Casement.Server.Operations;

/// <summary>Takes a request off Kestrel: headers as sent, the body whole (the server's limits cut it at 1 MiB).</summary>
internal static class RequestReader
{
    public static async Task<HttpMessage> Read(HttpContext context)
    {
        var request = context.Request;
        var headers = new List<KeyValuePair<string, string>>(request.Headers.Count);
        foreach (var (name, values) in request.Headers)
        {
            foreach (var value in values)
            {
                headers.Add(KeyValuePair.Create(name, value ?? ""));
            }
        }

        var target = context.Features.Get<Microsoft.AspNetCore.Http.Features.IHttpRequestFeature>()!.RawTarget;
        var mark = target.IndexOf('?', StringComparison.Ordinal);
        var path = mark < 0 ? target : target[..mark];
        var query = mark < 0 ? "" : target[(mark + 1)..];
        return new HttpMessage(request.Method, path, query, headers, await Body(request));
    }

    private static async Task<ReadOnlyMemory<byte>> Body(HttpRequest request)
    {
        if (request.ContentLength == 0)
        {
            return ReadOnlyMemory<byte>.Empty;
        }

        if (request.ContentLength is { } length and <= Gateway.BodyMax)
        {
            var exact = new byte[length];
            await request.Body.ReadExactlyAsync(exact);
            return exact;
        }

        // chunked, or over the limit: Kestrel ends the read with 413 there
        using var buffer = new MemoryStream();
        await request.Body.CopyToAsync(buffer);
        return buffer.ToArray();
    }
}
