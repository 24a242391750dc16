using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Casement.Aws.Signing;
using Casement.Tests;

namespace Casement.Aws.Tests.Signing;

/// <summary>Requests of every shape, signed by botocore in one process for all of them.</summary>
public sealed class BotocoreTests(BotocoreRequests requests) : IClassFixture<BotocoreRequests>
{
    [Fact]
    public void Whatever_botocore_signs_is_accepted_by_the_text_that_botocore_saw()
    {
        Assert.Equal(Soak.Times(1000), requests.All.Count);
        foreach (var vector in requests.All)
        {
            var canonical = Canonical(vector);
            Assert.True(vector.CanonicalRequest == canonical, $"{requests.Seed}: {vector.Name}: {canonical}\nbut botocore: {vector.CanonicalRequest}");
            Assert.Equal(vector.StringToSign, Encoding.UTF8.GetString(SigV4.StringToSign(vector.Message, vector.Claim())));
            Assert.True(new ByteChange(vector).Accepts(vector.Message), $"{requests.Seed}: {vector.Name}");
        }
    }

    [Fact]
    public void One_byte_changed_put_in_or_left_out_is_refused_unless_the_request_means_the_same()
    {
        var dice = new Dice((ulong)requests.Seed);
        var kept = 0;
        foreach (var vector in requests.All)
        {
            var request = new ByteChange(vector);
            for (var time = 0; time < 10; time++)
            {
                var changed = Change(request, dice);
                request.Holds(changed);
                kept += request.MeansTheSame(changed) ? 1 : 0;
            }
        }

        Assert.InRange(kept, requests.All.Count / 20, requests.All.Count * 5);
    }

    [Fact]
    public void The_requests_are_of_every_shape()
    {
        var claims = requests.All.Select(vector => (vector.Message, Claim: vector.Claim())).ToList();
        foreach (var (shape, count) in new[]
        {
            ("presigned", claims.Count(c => c.Claim.Presigned)),
            ("with a session", claims.Count(c => c.Claim.SessionToken is not null)),
            ("presigned with a session", claims.Count(c => c.Claim is { Presigned: true, SessionToken: not null })),
            ("with a body", claims.Count(c => c.Message.Body.Length > 0)),
            ("with a query", claims.Count(c => c.Message.RawQuery.Length > 0)),
            ("with dots in the path", claims.Count(c => c.Message.RawPath.Split('/').Any(s => s is "." or ".."))),
            ("with an empty segment", claims.Count(c => c.Message.RawPath.Contains("//", StringComparison.Ordinal))),
            ("with an escape in the path", claims.Count(c => c.Message.RawPath.Contains('%', StringComparison.Ordinal))),
            ("with a header twice", claims.Count(c => c.Message.Headers.GroupBy(h => h.Key).Any(g => g.Count() > 1))),
            ("with white space to fold", claims.Count(c => c.Message.Headers.Any(h => h.Value.Contains("  ", StringComparison.Ordinal)))),
        })
        {
            Assert.True(count >= 20, $"{requests.Seed}: {count} {shape}");
        }

        Assert.Equal(4, claims.Select(c => c.Claim.Region).Distinct().Count());
        Assert.Equal(6, claims.Select(c => c.Message.Method).Distinct().Count());
    }

    private static string Canonical(SignedVector vector)
    {
        var canonical = new Utf8Text(stackalloc byte[16]);
        CanonicalRequest.Write(ref canonical, vector.Message, vector.Claim());
        var text = Encoding.UTF8.GetString(canonical.Written);
        canonical.Dispose();
        return text;
    }

    private static HttpMessage Change(ByteChange request, Dice dice)
    {
        switch (dice.Next(3))
        {
            case 0 when request.Body.Length > 0:
                return request.WithBody(Edit(request.Body, dice, 0, 256));
            case 1:
                var index = request.Headers[dice.Next(request.Headers.Count)];
                return request.WithHeader(index, Edit(request.HeaderValue(index), dice, 32, 127));
            default:
                return request.WithTarget(Edit(request.Target, dice, 33, 127));
        }
    }

    private static byte[] Edit(byte[] text, Dice dice, int least, int end)
    {
        List<byte> bytes = [.. text];
        var position = dice.Next(bytes.Count + 1);
        var letter = (byte)dice.Next(least, end);
        switch (dice.Next(3))
        {
            case 0 when position < bytes.Count:
                bytes.RemoveAt(position);
                break;
            case 1 when position < bytes.Count:
                bytes[position] = letter;
                break;
            default:
                bytes.Insert(position, letter);
                break;
        }

        return [.. bytes];
    }
}

/// <summary>Signed once for all tests of the class. The seed is in every failure, and can be given: CASEMENT_BOTOCORE_SEED.</summary>
public sealed class BotocoreRequests
{
    public BotocoreRequests()
    {
        Seed = int.TryParse(Environment.GetEnvironmentVariable("CASEMENT_BOTOCORE_SEED"), CultureInfo.InvariantCulture, out var given)
            ? given
            : System.Security.Cryptography.RandomNumberGenerator.GetInt32(1_000_000_000);
        var start = new ProcessStartInfo("/usr/bin/python3",
        [
            Path.Combine(AppContext.BaseDirectory, "Data", "botocore_signer.py"), "random",
            Seed.ToString(CultureInfo.InvariantCulture), Soak.Times(1000).ToString(CultureInfo.InvariantCulture),
        ])
        {
            RedirectStandardOutput = true,
        };
        using var python = Process.Start(start)!;
        using var file = JsonDocument.Parse(python.StandardOutput.BaseStream);
        python.WaitForExit();
        Assert.Equal(0, python.ExitCode);
        All = SignedVector.Read(file.RootElement);
    }

    public int Seed { get; }

    public IReadOnlyList<SignedVector> All { get; }
}
