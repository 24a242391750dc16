using System.Globalization;
using System.Numerics;
using System.Text.RegularExpressions;

namespace Casement.Tests.PolicyOracle;

/// <summary>Numbers, dates, addresses and bytes, read digit by digit; null is what cannot be read.</summary>
internal static partial class Reading
{
    private const string Base64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

    /// <summary>A number as digits and a power of ten.</summary>
    public static (BigInteger Digits, int Power)? Number(string text)
    {
        var match = NumberForm().Match(text);
        if (!match.Success)
        {
            return null;
        }

        var fraction = match.Groups["fraction"].Value;
        var digits = Digits(match.Groups["whole"].Value + fraction);
        var power = match.Groups["power"] is { Success: true, Value: var p } ? int.Parse(p, CultureInfo.InvariantCulture) : 0;
        return (match.Groups["sign"].Value == "-" ? -digits : digits, power - fraction.Length);
    }

    public static int Compare((BigInteger Digits, int Power) a, (BigInteger Digits, int Power) b)
    {
        var power = Math.Min(a.Power, b.Power);
        return (a.Digits * BigInteger.Pow(10, a.Power - power)).CompareTo(b.Digits * BigInteger.Pow(10, b.Power - power));
    }

    /// <summary>Nanoseconds since 1970.</summary>
    public static BigInteger? Date(string text)
    {
        if (text.Length > 0 && text.All(char.IsAsciiDigit))
        {
            return Digits(text) * 1_000_000_000;
        }

        var match = DateForm().Match(text);
        if (!match.Success)
        {
            return null;
        }

        int Part(string name, int otherwise) =>
            match.Groups[name] is { Success: true, Value: var v } ? int.Parse(v, CultureInfo.InvariantCulture) : otherwise;
        var (month, day, hour, minute, second) = (Part("month", 1), Part("day", 1), Part("hour", 0), Part("minute", 0), Part("second", 0));
        if (month is < 1 or > 12 || day is < 1 or > 31 || hour > 23 || minute > 59 || second > 59)
        {
            return null;
        }

        var days = DaysBefore(Part("year", 1), month) + day - 1 - DaysBefore(1970, 1);
        BigInteger seconds = (days * 86_400) + (((hour * 60) + minute) * 60) + second;
        var offset = (Part("offsetHour", 0) * 60) + Part("offsetMinute", 0);
        seconds -= offset * (match.Groups["offsetSign"].Value == "-" ? -60 : 60);
        return (seconds * 1_000_000_000) + Digits(match.Groups["fraction"].Value.PadRight(9, '0'));
    }

    /// <summary>Days from the beginning of year 0 to the first of a month.</summary>
    private static long DaysBefore(long year, int month)
    {
        static long Floor(long a, long b) => (a / b) - (a % b < 0 ? 1 : 0);
        var days = (year * 365) + Floor(year + 3, 4) - Floor(year + 99, 100) + Floor(year + 399, 400);
        var isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
        int[] lengths = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30];
        return days + lengths.Take(month - 1).Sum();
    }

    public static bool? Truth(string text) => text.ToUpperInvariant() switch { "TRUE" => true, "FALSE" => false, _ => null };

    public static List<byte>? Bytes(string base64)
    {
        var text = base64.TrimEnd('=');
        if (base64.Length % 4 != 0 || base64.Length - text.Length > 2 || text.Any(c => !Base64.Contains(c, StringComparison.Ordinal)))
        {
            return null;
        }

        var bytes = new List<byte>();
        var (bits, count) = (0, 0);
        foreach (var c in text)
        {
            bits = ((bits & 0xFFF) << 6) | Base64.IndexOf(c, StringComparison.Ordinal);
            count += 6;
            if (count >= 8)
            {
                count -= 8;
                bytes.Add((byte)((bits >> count) & 0xFF));
            }
        }

        return bytes;
    }

    /// <summary>An address or a range of them; IPv4 in IPv6's clothes is IPv4.</summary>
    public static (int Width, BigInteger Bits, int Prefix)? Range(string text)
    {
        var cut = text.Split('/');
        if (cut.Length > 2 || (cut.Length == 2 && !cut[1].All(char.IsAsciiDigit)))
        {
            return null;
        }

        var width = cut[0].Contains(':', StringComparison.Ordinal) ? 128 : 32;
        if ((width == 128 ? V6(cut[0]) : V4(cut[0])) is not { } bits)
        {
            return null;
        }

        if (width == 128 && cut.Length == 1 && bits >> 32 == 0xFFFF)
        {
            (width, bits) = (32, bits & 0xFFFFFFFF);
        }

        var prefix = cut.Length == 2 ? Digits(cut[1]) : width;
        return cut.Length == 2 && (cut[1].Length == 0 || prefix > width) ? null : (width, bits, (int)prefix);
    }

    private static BigInteger? V4(string text)
    {
        var parts = text.Split('.');
        return parts.Length == 4 && parts.All(p => Octet().IsMatch(p) && Digits(p) < 256)
            ? parts.Aggregate(BigInteger.Zero, (bits, p) => (bits << 8) + Digits(p))
            : null;
    }

    private static BigInteger? V6(string text)
    {
        var dotted = text.LastIndexOf(':') + 1;
        if (text.Contains('.', StringComparison.Ordinal))
        {
            if (V4(text[dotted..]) is not { } low)
            {
                return null;
            }

            text = string.Create(CultureInfo.InvariantCulture, $"{text[..dotted]}{(int)(low >> 16):x}:{(int)(low & 0xFFFF):x}");
        }

        var halves = text.Split("::");
        var before = Groups(halves[0]);
        var after = halves.Length == 2 ? Groups(halves[1]) : [];
        var missing = 8 - before.Count - after.Count;
        if (halves.Length > 2 || (halves.Length == 2 ? missing < 1 : missing != 0))
        {
            return null;
        }

        List<string> groups = [.. before, .. Enumerable.Repeat("0", missing), .. after];
        return groups.TrueForAll(g => Group().IsMatch(g))
            ? groups.Aggregate(BigInteger.Zero, (bits, g) => (bits << 16) + int.Parse(g, NumberStyles.HexNumber, CultureInfo.InvariantCulture))
            : null;
    }

    private static List<string> Groups(string text) => text.Length == 0 ? [] : [.. text.Split(':')];

    private static BigInteger Digits(string text) =>
        text.Aggregate(BigInteger.Zero, (number, c) => (number * 10) + (c - '0'));

    [GeneratedRegex(@"^(?<sign>[+-]?)(?=\.?[0-9])(?<whole>[0-9]*)(\.(?<fraction>[0-9]*))?([eE](?<power>[+-]?[0-9]+))?\z", RegexOptions.ExplicitCapture)]
    private static partial Regex NumberForm();

    [GeneratedRegex(
        @"^(?<year>-?[0-9]{1,9})(-(?<month>[0-9]{1,2})(-(?<day>[0-9]{1,2}))?)?([Tt]((?<hour>[0-9]{1,2})(:(?<minute>[0-9]{1,2})(:(?<second>[0-9]{1,2})(\.(?<fraction>[0-9]{1,9}))?)?)?([Zz]|(?<offsetSign>[+-])(?<offsetHour>[0-9]{2})(:(?<offsetMinute>[0-9]{2}))?)?)?)?\z",
        RegexOptions.ExplicitCapture)]
    private static partial Regex DateForm();

    [GeneratedRegex(@"^(0|[1-9][0-9]{0,2})\z")]
    private static partial Regex Octet();

    [GeneratedRegex(@"^[0-9A-Fa-f]{1,4}\z")]
    private static partial Regex Group();
}
