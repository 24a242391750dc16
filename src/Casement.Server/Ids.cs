using System.Globalization;
using System.Security.Cryptography;

namespace Casement.Server;

/// <summary>Random ids in AWS's forms, from a cryptographic source.</summary>
public static class Ids
{
    private const string Base32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    private const string SecretAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

    /// <summary>Set while a simulated run has this thread: ids can be drawn again from its seed. Secrets and keys never are.</summary>
    [ThreadStatic]
    private static Action<Span<byte>>? _seeded;

    internal static void DrawFrom(Action<Span<byte>>? seeded) => _seeded = seeded;

    /// <summary>A version-4 UUID in lower case.</summary>
    public static string Uuid()
    {
        Span<byte> bytes = stackalloc byte[16];
        Fill(bytes);
        bytes[6] = (byte)((bytes[6] & 0x0F) | 0x40);
        bytes[8] = (byte)((bytes[8] & 0x3F) | 0x80);
        return new Guid(bytes, bigEndian: true).ToString();
    }

    /// <summary>A prefix and 17 lower-case hexadecimal digits, the form of windows (<c>mw-</c>) and nodes (<c>mi-</c>).</summary>
    public static string Hex17(string prefix)
    {
        Span<byte> bytes = stackalloc byte[9];
        Fill(bytes);
        return string.Concat(prefix, Convert.ToHexStringLower(bytes).AsSpan(0, 17));
    }

    /// <summary>
    /// Like <see cref="Hex17(string)"/>, but what is made within a second lies near together: an index over such ids grows in one place instead of
    /// everywhere, which is a quarter of what making a window writes. 48 of the 68 bits are random; the others come again after twelve days.
    /// </summary>
    public static string Hex17(string prefix, long nowMs)
    {
        Span<byte> bytes = stackalloc byte[6];
        Fill(bytes);
        return string.Create(CultureInfo.InvariantCulture, $"{prefix}{(nowMs / 1000) & 0xFFFFF:x5}{Convert.ToHexStringLower(bytes)}");
    }

    /// <summary>An IAM entity's unique id: a four-letter prefix and 17 letters or digits.</summary>
    public static string Entity(string prefix) => prefix + RandomNumberGenerator.GetString(Base32, 17);

    /// <summary>
    /// An access key id of 20 characters: prefix (<c>AKIA</c>, <c>ASIA</c>), eight characters that carry the account's number,
    /// eight random ones.
    /// </summary>
    public static string AccessKey(string prefix, string account)
    {
        var number = (ulong.Parse(account, CultureInfo.InvariantCulture) / 2) + (1UL << 39);
        Span<char> text = stackalloc char[8];
        for (var i = 7; i >= 0; i--)
        {
            text[i] = Base32[(int)(number & 31)];
            number >>= 5;
        }

        // the digit lost by halving the account's number is kept in the first random character
        var odd = (account[^1] - '0') % 2 == 1;
        var rest = RandomNumberGenerator.GetString(Base32, 8).ToCharArray();
        rest[0] = odd ? Base32[16 + (Base32.IndexOf(rest[0], StringComparison.Ordinal) & 15)] : Base32[Base32.IndexOf(rest[0], StringComparison.Ordinal) & 15];
        return string.Concat(prefix, text, rest);
    }

    /// <summary>The account whose number an access key id carries; null when the id is not of that form.</summary>
    public static string? AccountOf(string accessKeyId)
    {
        ArgumentNullException.ThrowIfNull(accessKeyId);
        if (accessKeyId.Length != 20)
        {
            return null;
        }

        var number = 0UL;
        foreach (var c in accessKeyId.AsSpan(4, 8))
        {
            var digit = Base32.IndexOf(c, StringComparison.Ordinal);
            if (digit < 0)
            {
                return null;
            }

            number = (number << 5) | (uint)digit;
        }

        var last = Base32.IndexOf(accessKeyId[12], StringComparison.Ordinal);
        if (number < 1UL << 39 || last < 0)
        {
            return null;
        }

        var account = ((number - (1UL << 39)) * 2) + (last >= 16 ? 1UL : 0UL);
        return account < 1_000_000_000_000 ? account.ToString("D12", CultureInfo.InvariantCulture) : null;
    }

    /// <summary>A secret of 40 characters, about 240 bits.</summary>
    public static string Secret() => RandomNumberGenerator.GetString(SecretAlphabet, 40);

    private static void Fill(Span<byte> bytes)
    {
        if (_seeded is { } seeded)
        {
            seeded(bytes);
        }
        else
        {
            RandomNumberGenerator.Fill(bytes);
        }
    }
}
