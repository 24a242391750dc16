using System.Security.Cryptography;
using System.Text.Json;
using Casement.Aws;

namespace Casement.Server.Ssm;

/// <summary>What an idempotency token is compared by: a hash over the request's members in their declared order, without the token.</summary>
internal static class RequestHash
{
    public static string Of<T>(T requestWithoutToken) =>
        Convert.ToHexString(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(requestWithoutToken)));

    public static AwsException Mismatch() => new(
        "IdempotentParameterMismatch", "The client token was already used with other parameters.");
}
