using System.Text;

namespace Casement.Aws.Signing;

/// <summary>RFC 3986 as SigV4 wants it: unreserved bytes bare, all others as upper-case <c>%XX</c> of UTF-8.</summary>
internal static class UriText
{
    private static ReadOnlySpan<byte> Hex => "0123456789ABCDEF"u8;

    public static void AddEncoded(ref Utf8Text target, ReadOnlySpan<byte> bytes, bool keepSlash)
    {
        foreach (var value in bytes)
        {
            if (char.IsAsciiLetterOrDigit((char)value) || value is (byte)'-' or (byte)'.' or (byte)'_' or (byte)'~'
                || (keepSlash && value == (byte)'/'))
            {
                target.Add(value);
            }
            else
            {
                target.Add((byte)'%');
                target.Add(Hex[value >> 4]);
                target.Add(Hex[value & 15]);
            }
        }
    }

    public static string Encode(string text)
    {
        var target = new Utf8Text(stackalloc byte[256]);
        AddEncoded(ref target, Encoding.UTF8.GetBytes(text), keepSlash: false);
        var encoded = Encoding.ASCII.GetString(target.Written);
        target.Dispose();
        return encoded;
    }

    /// <summary>
    /// Form decoding: <c>+</c> is a space and a percent sign without two hex digits stands for itself. It decodes
    /// exactly as the parameters are read later, so no two spellings of a query can differ in meaning and not in
    /// signature.
    /// </summary>
    public static byte[] Decode(ReadOnlySpan<char> text)
    {
        var source = new byte[Encoding.UTF8.GetByteCount(text)];
        Encoding.UTF8.GetBytes(text, source);
        var length = 0;
        for (var index = 0; index < source.Length; index++)
        {
            var value = source[index];
            if (value == (byte)'%' && index + 2 < source.Length
                && char.IsAsciiHexDigit((char)source[index + 1]) && char.IsAsciiHexDigit((char)source[index + 2]))
            {
                value = (byte)((Digit(source[index + 1]) << 4) | Digit(source[index + 2]));
                index += 2;
            }
            else if (value == (byte)'+')
            {
                value = (byte)' ';
            }

            source[length++] = value;
        }

        return source[..length];
    }

    private static int Digit(byte value) => value <= (byte)'9' ? value - '0' : (value | 0x20) - 'a' + 10;
}
