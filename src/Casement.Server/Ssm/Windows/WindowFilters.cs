using System.Globalization;
using Casement.Aws;

namespace Casement.Server.Ssm.Windows;

/// <summary>The filters of a listing, checked against the keys that it supports.</summary>
internal sealed class WindowFilters
{
    private static readonly string[] InstantFormats =
    [
        "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK", "yyyy-MM-dd'T'HH:mmK", "yyyy-MM-dd",
    ];

    private readonly List<(string Key, IReadOnlyList<string> Values)> _filters = [];

    /// <exception cref="AwsException">ValidationException: an unsupported key, or a filter without key or values.</exception>
    public WindowFilters(IReadOnlyList<MaintenanceWindowFilter>? filters, params ReadOnlySpan<string> supported)
    {
        foreach (var filter in filters ?? [])
        {
            if (filter.Key is null || !supported.Contains(filter.Key))
            {
                throw Refuse($"Unsupported filter key: {filter.Key ?? "null"}. Supported keys: {string.Join(", ", supported)}");
            }

            if (filter.Values is not { Count: > 0 })
            {
                throw Refuse($"The filter {filter.Key} has no values.");
            }

            _filters.Add((filter.Key, filter.Values));
        }
    }

    public static AwsException Refuse(string text) => new("ValidationException", text);

    /// <summary>The value lists of a key's filters, each of which must hold.</summary>
    public IEnumerable<IReadOnlyList<string>> Of(string key) => _filters.Where(f => f.Key == key).Select(f => f.Values);

    /// <summary>Whether a value passes all filters of its key; one that was never set passes none.</summary>
    public bool Admits(string key, string? value) => Of(key).All(values => value is not null && values.Contains(value, StringComparer.Ordinal));

    /// <summary>Refuses values outside a closed choice, which could never match.</summary>
    public WindowFilters Among(string key, params ReadOnlySpan<string> choice)
    {
        foreach (var value in Of(key).SelectMany(values => values))
        {
            if (!choice.Contains(value))
            {
                throw Refuse($"Invalid value of filter {key}: {value}. It is one of {string.Join(", ", choice)}.");
            }
        }

        return this;
    }

    /// <summary>The instant before which all filters of the key want things; epoch milliseconds, null without such a filter.</summary>
    public long? Before(string key) => Of(key).Select(values => (long?)values.Max(v => Milliseconds(key, v))).Min();

    /// <summary>The instant after which all filters of the key want things.</summary>
    public long? After(string key) => Of(key).Select(values => (long?)values.Min(v => Milliseconds(key, v))).Max();

    private static long Milliseconds(string key, string value) =>
        DateTimeOffset.TryParseExact(
            value, InstantFormats, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var instant)
            ? instant.ToUnixTimeMilliseconds()
            : throw Refuse($"Invalid value of filter {key}: {value}. It is a date and time in ISO 8601, such as 2021-08-03T00:00:00Z.");
}
