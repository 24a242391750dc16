using System.Security.Cryptography;
using System.Text;
using Casement.Server.Operations;

namespace Casement.Server.Iam;

/// <summary>The place where a listing stopped: the last key, bound to the listing by a MAC, so that nobody can make one up.</summary>
public sealed class Markers(MasterKey master)
{
    private const int MacBytes = 16;
    private readonly byte[] _key = (master ?? throw new ArgumentNullException(nameof(master))).Derive("marker of a listing");

    /// <param name="listing">Account, operation and filters.</param>
    /// <param name="last">The key of the last item handed out.</param>
    public string Make(string listing, string last)
    {
        ArgumentNullException.ThrowIfNull(last);
        return Convert.ToBase64String([.. Mac(listing, last), .. Encoding.UTF8.GetBytes(last)]);
    }

    /// <summary>The last key handed out; null when the marker was not made for this listing.</summary>
    public string? Read(string listing, string marker)
    {
        ArgumentNullException.ThrowIfNull(marker);
        var bytes = new byte[marker.Length];
        if (!Convert.TryFromBase64String(marker, bytes, out var length) || length <= MacBytes)
        {
            return null;
        }

        var last = Encoding.UTF8.GetString(bytes, MacBytes, length - MacBytes);
        return CryptographicOperations.FixedTimeEquals(bytes.AsSpan(0, MacBytes), Mac(listing, last)) ? last : null;
    }

    private ReadOnlySpan<byte> Mac(string listing, string last) =>
        HMACSHA256.HashData(_key, Encoding.UTF8.GetBytes($"{listing}\0{last}")).AsSpan(0, MacBytes);
}

/// <summary>A part of a listing; the marker leads to the next one, null after the last.</summary>
internal sealed record Page<T>(IReadOnlyList<T> Items, string? Marker)
{
    public bool IsTruncated => Marker is not null;
}

/// <summary>Listings in parts: a part begins after the last key of the one before, whatever was added or removed meanwhile.</summary>
internal static class MarkerPages
{
    private const int MaxItemsDefault = 100;

    /// <param name="call">The call; its account and operation bind the marker.</param>
    /// <param name="marker">As the client sent it.</param>
    /// <param name="maxItems">As the client sent it.</param>
    /// <param name="filter">The filters, which a marker cannot leave.</param>
    /// <param name="load">At most so many items after a key; the empty key is before all.</param>
    /// <param name="keyOf">The key of an item; keys ascend by code unit.</param>
    /// <exception cref="Casement.Aws.AwsException">ValidationError, <c>Invalid Marker.</c></exception>
    public static Page<T> Of<T>(Call call, string? marker, int? maxItems, string filter, Func<string, int, List<T>> load, Func<T, string> keyOf)
    {
        var markers = call.Backstage.Credentials.Markers;
        var listing = $"{call.Scope.Account}\0{call.Operation.Name}\0{filter}";
        var after = marker is null ? "" : markers.Read(listing, marker) ?? throw IamErrors.Invalid("Invalid Marker.");
        var most = maxItems ?? MaxItemsDefault;
        var items = load(after, most + 1);
        if (items.Count <= most)
        {
            return new Page<T>(items, null);
        }

        items.RemoveRange(most, items.Count - most);
        return new Page<T>(items, markers.Make(listing, keyOf(items[^1])));
    }

    /// <summary>A part of items at hand, in any order.</summary>
    public static Page<T> Cut<T>(Call call, string? marker, int? maxItems, string filter, IEnumerable<T> items, Func<T, string> keyOf) => Of(
        call, marker, maxItems, filter,
        (after, most) => [.. items.Where(i => string.CompareOrdinal(keyOf(i), after) > 0).OrderBy(keyOf, StringComparer.Ordinal).Take(most)],
        keyOf);
}
