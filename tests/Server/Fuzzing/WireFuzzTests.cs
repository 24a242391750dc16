using System.Text;
using System.Text.Json.Nodes;
using Casement.Aws;
using Casement.Server.Operations;
using Casement.Tests;

namespace Casement.Server.Tests.Fuzzing;

/// <summary>
/// Bodies made and spoiled, for every operation of the table, through the gateway: each is answered, none with the server's own
/// failure. A text of the corpus names the operation in its first line.
/// </summary>
public sealed class WireFuzzTests : IDisposable
{
    private readonly FuzzStage _stage = new();
    private readonly RequestForge _forge;
    private readonly Fuzz _json;
    private readonly Fuzz _query;

    public WireFuzzTests()
    {
        _forge = new RequestForge(_stage.Known);
        _json = new Fuzz("json",
            "null", "true", "{}", "[]", "\"\"", "{\"a\":", "\\ud800", "\\u0000", "\"NextToken\":\"x\",", "\"MaxResults\":0,", ",", ":", "\"", "1e999", "\ud83d\ude42", "\ufeff",
            "//", "NaN", "\"Targets\":[{\"Key\":\"InstanceIds\",\"Values\":[\"a\"]}],", "\"Filters\":[{\"Key\":\"Name\",\"Values\":[]}],").With(_stage.Known);
        _query = new Fuzz("query",
            "&", "=", "%", "%00", "%zz", "+", ".member.1", ".member.0", ".member.2147483648", ".entry.1.key", "&Marker=x", "&MaxItems=0", "&Action=GetUser", "%ff",
            "%f0%9f%99%82", ".", "..", "&Tags.member.1.Key=a&Tags.member.1.Value=b", "&PolicyDocument=%7B%7D").With(_stage.Known);
    }

    public void Dispose() => _stage.Dispose();

    [Fact]
    public void Every_JSON_body_is_answered() =>
        _json.Run(Soak.Times(3000), text => Fault(text, WireProtocol.Json11), dice => Made(dice, WireProtocol.Json11, _json));

    [Fact]
    public void Every_form_is_answered() =>
        _query.Run(Soak.Times(3000), text => Fault(text, WireProtocol.Query), dice => Made(dice, WireProtocol.Query, _query));

    [Fact]
    public void Made_requests_reach_the_handler_of_every_operation()
    {
        var (silent, dice) = (new HashSet<string>(_stage.Server.Table.All.Select(o => o.Name)), new Dice(7));
        for (var round = 0; round < 150 && silent.Count > 0; round++)
        {
            foreach (var operation in _stage.Server.Table.All.Where(o => silent.Contains(o.Name)))
            {
                var answer = _stage.Send(operation, Body(operation, _forge.Of(operation.RequestType, dice)));
                var early = answer.Code is "ValidationException" or "ValidationError" or "SerializationException" or "MalformedInput" or "MalformedQueryString"
                    && answer.Text.Contains("detected", StringComparison.Ordinal);
                if (answer.Status == 200 || (!early && answer.Code.Length > 0))
                {
                    silent.Remove(operation.Name);
                }
            }
        }

        Assert.Empty(silent);
    }

    private string? Fault(byte[] text, WireProtocol protocol)
    {
        var line = Array.IndexOf(text, (byte)'\n');
        var name = Encoding.UTF8.GetString(text, 0, Math.Max(0, line));
        var operation = _stage.Server.Table.All.FirstOrDefault(o => o.Name == name && o.Service.Protocol == protocol) ?? _stage.Server.Table.All.First(o => o.Service.Protocol == protocol);
        return _stage.FaultOf(operation, text[(line + 1)..]);
    }

    /// <summary>Two thirds are made for an operation, half of those spoiled; the rest is the corpus'.</summary>
    private byte[]? Made(Dice dice, WireProtocol protocol, Fuzz fuzz)
    {
        if (dice.Percent(33))
        {
            return null;
        }

        var operations = _stage.Server.Table.All.Where(o => o.Service.Protocol == protocol).ToList();
        var operation = dice.Of(operations);
        var body = Body(operation, _forge.Of(operation.RequestType, dice));
        return [.. Encoding.UTF8.GetBytes($"{operation.Name}\n"), .. dice.Percent(50) ? body : fuzz.Spoil(body, dice)];
    }

    private static byte[] Body(Operation operation, JsonObject request) => Encoding.UTF8.GetBytes(operation.Service.Protocol == WireProtocol.Query
        ? $"Action={operation.Name}&Version={operation.Service.Prefix}&{RequestForge.Form(request)}"
        : request.ToJsonString());
}
