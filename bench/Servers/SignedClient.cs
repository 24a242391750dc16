using System.Text.Json;
using System.Xml.Linq;
using Casement.Aws.Signing;

namespace Casement.Bench.Servers;

/// <summary>A reply to a call that was made for its answer and not for its speed.</summary>
internal sealed record Answer(int Status, string Body)
{
    public bool IsOk => Status == 200;

    public JsonElement Json => JsonDocument.Parse(Body).RootElement;

    /// <summary>The first element of that name in an XML reply.</summary>
    public string Xml(string name) => XDocument.Parse(Body).Descendants().First(e => e.Name.LocalName == name).Value;
}

/// <summary>Signed calls over a connection pool, for what goes on beside a measurement.</summary>
internal sealed class SignedClient(Signer signer) : IDisposable
{
    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false }) { Timeout = TimeSpan.FromSeconds(60) };

    public Signer Signer => signer;

    public Task<Answer> Ssm(string operation, string body) => Send(signer.Json("ssm", $"AmazonSSM.{operation}", body));

    public Task<Answer> Iam(string form) => Send(signer.Form("iam", form + "&Version=2010-05-08"));

    /// <exception cref="InvalidOperationException">The server refused it.</exception>
    public static async Task<Answer> Demand(Task<Answer> call)
    {
        var answer = await call;
        return answer.IsOk ? answer : throw new InvalidOperationException($"The server answered {answer.Status}: {answer.Body}");
    }

    public async Task<Answer> Send(HttpMessage message)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"http://{signer.Host}{message.RawPath}");
        request.Content = new ReadOnlyMemoryContent(message.Body);
        foreach (var (name, value) in message.Headers)
        {
            _ = request.Headers.TryAddWithoutValidation(name, value) || request.Content.Headers.TryAddWithoutValidation(name, value);
        }

        using var response = await _http.SendAsync(request);
        return new Answer((int)response.StatusCode, await response.Content.ReadAsStringAsync());
    }

    public void Dispose() => _http.Dispose();
}
