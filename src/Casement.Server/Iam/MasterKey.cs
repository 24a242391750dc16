using System.Security.Cryptography;
using System.Text;

namespace Casement.Server.Iam;

/// <summary>
/// The key under which secrets rest. Every ciphertext names the key that made it, so that rotation stays possible; what a
/// ciphertext belongs to (account and key id) is bound into it, so that rows cannot be swapped.
/// </summary>
public sealed class MasterKey
{
    private const int NonceBytes = 12;
    private const int TagBytes = 16;
    private readonly byte[] _key;

    private MasterKey(string id, byte[] key)
    {
        Id = id;
        _key = key;
    }

    public string Id { get; }

    /// <summary>The text a key file holds: an id, a space, 32 bytes in base64.</summary>
    public static string NewFileText() =>
        $"{RandomNumberGenerator.GetHexString(8, lowercase: true)} {Convert.ToBase64String(RandomNumberGenerator.GetBytes(32))}\n";

    /// <summary>Reads a key file's text; null when it is not of that form.</summary>
    public static MasterKey? Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var parts = text.Trim().Split(' ');
        var key = new byte[32];
        return parts.Length == 2 && parts[0].Length > 0 && Convert.TryFromBase64String(parts[1], key, out var length) && length == 32
            ? new MasterKey(parts[0], key)
            : null;
    }

    /// <summary>A key for one purpose, derived with HKDF-SHA256.</summary>
    public byte[] Derive(string purpose, int bytes = 32) =>
        HKDF.DeriveKey(HashAlgorithmName.SHA256, _key, bytes, salt: null, Encoding.UTF8.GetBytes(purpose));

    public byte[] Encrypt(ReadOnlySpan<byte> plain, string belongsTo) => Seal(Derive("rest"), plain, belongsTo);

    /// <summary>The plain bytes; null when the ciphertext was made by another key, for something else, or was changed.</summary>
    public byte[]? Decrypt(ReadOnlySpan<byte> sealedBytes, string belongsTo) => Unseal(Derive("rest"), sealedBytes, belongsTo);

    internal static byte[] Seal(byte[] key, ReadOnlySpan<byte> plain, string belongsTo)
    {
        var result = new byte[NonceBytes + plain.Length + TagBytes];
        RandomNumberGenerator.Fill(result.AsSpan(0, NonceBytes));
        using var aes = new AesGcm(key, TagBytes);
        aes.Encrypt(
            result.AsSpan(0, NonceBytes), plain, result.AsSpan(NonceBytes, plain.Length), result.AsSpan(NonceBytes + plain.Length), Encoding.UTF8.GetBytes(belongsTo));
        return result;
    }

    internal static byte[]? Unseal(byte[] key, ReadOnlySpan<byte> sealedBytes, string belongsTo)
    {
        if (sealedBytes.Length < NonceBytes + TagBytes)
        {
            return null;
        }

        var plain = new byte[sealedBytes.Length - NonceBytes - TagBytes];
        using var aes = new AesGcm(key, TagBytes);
        try
        {
            aes.Decrypt(
                sealedBytes[..NonceBytes], sealedBytes[NonceBytes..^TagBytes], sealedBytes[^TagBytes..], plain, Encoding.UTF8.GetBytes(belongsTo));
            return plain;
        }
        catch (AuthenticationTagMismatchException)
        {
            return null;
        }
    }
}
