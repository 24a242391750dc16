using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace Casement.Server.Ssm.Nodes;

/// <summary>Public keys as nodes send them: base64 of a DER SubjectPublicKeyInfo, RSA of 2,048 bits and more.</summary>
internal static class NodeKeys
{
    private const int BitsMin = 2048;
    private const int BitsMax = 8192;

    /// <param name="hash">SHA-256 of the key's canonical form, so that one key has one hash however it was encoded.</param>
    public static bool TryRead(string? publicKey, string? type, [NotNullWhen(true)] out string? canonical, [NotNullWhen(true)] out string? hash)
    {
        canonical = hash = null;
        if (publicKey is null || (type is not null && type != "Rsa"))
        {
            return false;
        }

        try
        {
            using var rsa = RSA.Create();
            rsa.ImportSubjectPublicKeyInfo(Convert.FromBase64String(publicKey), out _);
            if (rsa.KeySize is < BitsMin or > BitsMax)
            {
                return false;
            }

            var der = rsa.ExportSubjectPublicKeyInfo();
            canonical = Convert.ToBase64String(der);
            hash = Convert.ToHexString(SHA256.HashData(der));
            return true;
        }
        catch (Exception e) when (e is FormatException or CryptographicException)
        {
            return false;
        }
    }
}
