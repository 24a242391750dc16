using System.Globalization;

namespace Casement.Server.Ssm;

/// <summary>Where a listing stands that is ordered by an instant and then by id.</summary>
internal readonly record struct TimeKey(long Ms, string Id)
{
    /// <param name="text">What <see cref="ToString"/> made; null for a first page.</param>
    /// <param name="first">The place before the first item.</param>
    public static TimeKey Read(string? text, TimeKey first)
    {
        if (text is null)
        {
            return first;
        }

        var space = text.IndexOf(' ', StringComparison.Ordinal);
        return new TimeKey(long.Parse(text.AsSpan(0, space), CultureInfo.InvariantCulture), text[(space + 1)..]);
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Ms} {Id}");
}
