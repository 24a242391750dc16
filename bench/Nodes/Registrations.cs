using System.Buffers;
using System.Diagnostics;
using System.Globalization;
using System.Numerics;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Casement.Aws.Nodes;
using Casement.Aws.Signing;

namespace Casement.Bench.Nodes;

/// <summary>Machines that become nodes: registration by an activation's code, then the first role token by the node's own key.</summary>
internal static class Registrations
{
    private const int AtOnce = 16;

    /// <returns>How long all of it took.</returns>
    /// <exception cref="InvalidOperationException">The server refused one.</exception>
    public static async Task<TimeSpan> Measure(FleetServer server, int count)
    {
        var activation = await server.Call("CreateActivation", new { IamRole = Casement.Server.Iam.FirstRoles.NodeRole, RegistrationLimit = count });
        var id = activation.GetProperty("ActivationId").GetString()!;
        var code = activation.GetProperty("ActivationCode").GetString()!;
        var keys = new Stack<RSA>(Keys(count));
        var began = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, AtOnce).Select(async number =>
        {
            using var wire = new Wire(server.Address, number);
            while (Next() is { } key)
            {
                await Register(wire, server, key, id, code);
            }
        }));
        return Stopwatch.GetElapsedTime(began);

        RSA? Next()
        {
            lock (keys)
            {
                return keys.TryPop(out var key) ? key : null;
            }
        }
    }

    private static async Task Register(Wire wire, FleetServer server, RSA key, string id, string code)
    {
        var reply = await Exchange(wire, server, NodeTargets.RegisterManagedInstance, JsonSerializer.SerializeToUtf8Bytes(
            new { ActivationId = id, ActivationCode = code, PublicKey = Convert.ToBase64String(key.ExportSubjectPublicKeyInfo()), PublicKeyType = "Rsa", Fingerprint = "bench" }), null);
        var node = reply.GetProperty("InstanceId").GetString()!;
        var token = await Exchange(
            wire, server, NodeTargets.RequestManagedInstanceRoleToken, "{}"u8.ToArray(),
            message => SigV4.SignRsa(message, node, key, FleetServer.Region, "ssm", DateTimeOffset.UtcNow));
        if (!token.TryGetProperty("SessionToken", out _))
        {
            throw new InvalidOperationException("The role token is not complete.");
        }
    }

    private static async Task<JsonElement> Exchange(
        Wire wire, FleetServer server, string target, byte[] body, Func<HttpMessage, IReadOnlyList<KeyValuePair<string, string>>>? sign)
    {
        List<KeyValuePair<string, string>> headers =
            [new("Host", server.Address.ToString()), new("Content-Type", "application/x-amz-json-1.1"), new("X-Amz-Target", target)];
        headers.AddRange(sign?.Invoke(new HttpMessage("POST", "/", "", headers, body)) ?? []);
        var request = new ArrayBufferWriter<byte>(2048);
        Encoding.ASCII.GetBytes("POST / HTTP/1.1\r\n", request);
        foreach (var (name, value) in headers)
        {
            Encoding.ASCII.GetBytes($"{name}: {value}\r\n", request);
        }

        Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"Content-Length: {body.Length}\r\n\r\n"), request);
        request.Write(body);
        using var answer = await wire.Exchange(request.WrittenMemory, CancellationToken.None);
        return answer.Status == 200
            ? JsonSerializer.Deserialize<JsonElement>(answer.Body)
            : throw new InvalidOperationException($"{target} was answered {answer.Status}: {Encoding.UTF8.GetString(answer.Body)}");
    }

    /// <summary>
    /// Real keys that no one else could use: made from the primes of a few, each with each, since finding primes is what takes time.
    /// </summary>
    private static List<RSA> Keys(int count)
    {
        var side = (int)Math.Ceiling(Math.Sqrt(count));
        var made = Enumerable.Range(0, side).AsParallel().Select(_ =>
        {
            using var rsa = RSA.Create(2048);
            return rsa.ExportParameters(true);
        }).ToList();
        return [.. made.SelectMany(_ => made, (one, other) => Combined(one.P!, other.Q!)).OfType<RSA>().Take(count)];
    }

    private static RSA? Combined(byte[] first, byte[] second)
    {
        var (p, q, e) = (Read(first), Read(second), new BigInteger(65537));
        if (p == q || (p * q).GetBitLength() != 2048)
        {
            return null;
        }

        var d = Inverse(e, (p - 1) * (q - 1));
        return RSA.Create(new RSAParameters
        {
            Modulus = Bytes(p * q, 256),
            Exponent = [1, 0, 1],
            D = Bytes(d, 256),
            P = Bytes(p, 128),
            Q = Bytes(q, 128),
            DP = Bytes(d % (p - 1), 128),
            DQ = Bytes(d % (q - 1), 128),
            InverseQ = Bytes(Inverse(q, p), 128),
        });
    }

    private static BigInteger Read(byte[] bytes) => new(bytes, isUnsigned: true, isBigEndian: true);

    private static byte[] Bytes(BigInteger number, int length)
    {
        var bytes = number.ToByteArray(isUnsigned: true, isBigEndian: true);
        return [.. new byte[length - bytes.Length], .. bytes];
    }

    private static BigInteger Inverse(BigInteger number, BigInteger modulus)
    {
        var (a, b, x, y) = (number % modulus, modulus, BigInteger.One, BigInteger.Zero);
        while (b != 0)
        {
            var quotient = a / b;
            (a, b, x, y) = (b, a - (quotient * b), y, x - (quotient * y));
        }

        return ((x % modulus) + modulus) % modulus;
    }
}
