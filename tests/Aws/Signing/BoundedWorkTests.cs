using System.Text;
using Casement.Aws.Signing;
using Casement.Tests;
using static Casement.Aws.Tests.Signing.Requests;

namespace Casement.Aws.Tests.Signing;

/// <summary>Anybody can send what is checked here: before a signature is known to be good, its cost is bounded by the request's size.</summary>
public sealed class BoundedWorkTests
{
    public static TheoryData<string, string> Shapes => new()
    {
        { "names", "h#;" }, { "name again", "long;" }, { "two names again", "long;host;" }, { "parts", "a#=b, " }, { "parts without a value", "a# " }, { "commas", ",,,," },
        { "pairs", "a#=b&" }, { "same pairs", "a=b&" }, { "empty pairs", "&&&&" }, { "escapes", "%41" }, { "half escapes", "%%%%" },
        { "segments", "a/" }, { "ups", "a/../" }, { "dots", "./" }, { "slashes", "////" }, { "white space", "a    " }, { "headers", "h#" },
    };

    [Theory]
    [MemberData(nameof(Shapes))]
    public void A_claim_costs_by_its_size(string shape, string piece) => Work.IsLinear(shape, 1 << 14, size =>
    {
        var text = Repeated(piece, size);
        var message = Shaped(shape, text);
        return () =>
        {
            // ten, so that the counter sees more than its own noise
            for (var time = 0; time < 10; time++)
            {
                if (SigV4.TryRead(message, out var claim, out _))
                {
                    SigV4.Check(message, claim, "ssm", Now);
                    SigV4.Verify(message, claim, new byte[32]);
                }
            }
        };
    });

    [Fact]
    public void A_header_named_twice_among_the_signed_ones_is_refused()
    {
        var header = Signed();
        var twice = header.Header("authorization")!.Replace("content-type;host;", "content-type;host;HOST;", StringComparison.Ordinal);
        var unsorted = header.Header("authorization")!.Replace("content-type;host;", "host;content-type;host;", StringComparison.Ordinal);
        Assert.Contains("'HOST' more than once", Check(header.With("Authorization", twice))!.ToException(WireProtocol.Json11).Message, StringComparison.Ordinal);
        Assert.IsType<AuthFault.IncompleteHeader>(Check(header.With("Authorization", unsorted)));
        Assert.IsType<AuthFault.IncompleteQuery>(Check(Plain with
        {
            RawQuery = "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=a%2F20260301%2Fus-east-1%2Fssm%2Faws4_request&X-Amz-Date=20260301T120000Z"
                + "&X-Amz-SignedHeaders=host%3Bhost&X-Amz-Signature=00",
        }));
    }

    [Fact]
    public void Signed_headers_out_of_order_are_no_fault()
    {
        var header = Signed();
        var unsorted = header.Header("authorization")!.Replace("content-type;host;", "host;content-type;", StringComparison.Ordinal);

        Assert.Null(Check(header.With("Authorization", unsorted)));
        Assert.False(Verifies(header.With("Authorization", unsorted)));
    }

    private static HttpMessage Shaped(string shape, string text)
    {
        const string Scope = "AKIA/20260301/us-east-1/ssm/aws4_request";
        var dated = Plain.With("X-Amz-Date", "20260301T120000Z");
        HttpMessage Authorized(HttpMessage message, string names) =>
            message.With("Authorization", $"AWS4-HMAC-SHA256 Credential={Scope}, SignedHeaders={names}host;x-amz-date;x-amz-target, Signature=00");
        return shape switch
        {
            "names" => Authorized(dated, text),
            "name again" or "two names again" => Authorized(dated.With("Long", new string('x', text.Length)), text),
            "parts" or "parts without a value" or "commas" => dated.With("Authorization", $"AWS4-HMAC-SHA256 {text} Credential={Scope}"),
            "pairs" or "same pairs" or "empty pairs" or "escapes" or "half escapes" => Authorized(dated, "") with { RawQuery = text },
            "segments" or "ups" or "dots" or "slashes" => Authorized(dated, "") with { RawPath = "/" + text },
            "white space" => Authorized(dated.With("A", text), "a;"),
            _ => Authorized(dated with { Headers = [.. dated.Headers, .. Enumerable.Range(0, 100).Select(n => KeyValuePair.Create($"h{n}", text[..(text.Length / 100)]))] }, ""),
        };
    }

    private static string Repeated(string piece, int size)
    {
        var text = new StringBuilder();
        for (var number = 0; text.Length < size; number++)
        {
            text.Append(piece.Replace("#", $"{number}", StringComparison.Ordinal));
        }

        return text.ToString();
    }
}
