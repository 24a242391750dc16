using System.Buffers;
using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Casement.Policies;

/// <summary>
/// A CIDR range of one family, or one address. An IPv4 address that comes wrapped in IPv6 (<c>::ffff:a.b.c.d</c>, as
/// dual-stack sockets report it) counts as IPv4.
/// </summary>
internal readonly record struct AddressRange(bool IsV6, UInt128 Bits, int Prefix)
{
    private static readonly SearchValues<char> Characters = SearchValues.Create("0123456789abcdefABCDEF:.");

    private int Width => IsV6 ? 128 : 32;

    public bool Contains(AddressRange address) =>
        IsV6 == address.IsV6 && address.Prefix >= Prefix && (Prefix == 0
            || (Bits >> (Width - Prefix)) == (address.Bits >> (Width - Prefix)));

    public static bool TryParse(string text, out AddressRange range)
    {
        range = default;
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        var host = slash < 0 ? text.AsSpan() : text.AsSpan(0, slash);

        // the framework also takes "1", "0x7f.1", "010.0.0.1" in octal, "[::1]:80" and "fe80::1%1"
        if (host.ContainsAnyExcept(Characters) || !HasPlainOctets(host) || !IPAddress.TryParse(host, out var address))
        {
            return false;
        }

        if (address.IsIPv4MappedToIPv6 && slash < 0)
        {
            address = address.MapToIPv4();
        }

        var isV6 = address.AddressFamily == AddressFamily.InterNetworkV6;
        var prefix = isV6 ? 128 : 32;
        if (slash >= 0)
        {
            var digits = text.AsSpan(slash + 1);
            if (!int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var given) || given > prefix)
            {
                return false;
            }

            prefix = given;
        }

        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out _);
        var bits = isV6 ? BinaryPrimitives.ReadUInt128BigEndian(bytes) : BinaryPrimitives.ReadUInt32BigEndian(bytes);
        range = new AddressRange(isV6, bits, prefix);
        return true;
    }

    /// <summary>Four decimal numbers without leading zeros, which others read as octal; at the end of IPv6 there may be none.</summary>
    private static bool HasPlainOctets(ReadOnlySpan<char> host)
    {
        var colon = host.LastIndexOf(':');
        var dotted = host[(colon + 1)..];
        var octets = 0;
        foreach (var octet in dotted.Split('.'))
        {
            octets++;
            if (dotted[octet] is ['0', _, ..] && (octets > 1 || dotted.Contains('.')))
            {
                return false;
            }
        }

        return octets == 4 || (octets == 1 && colon >= 0);
    }
}
