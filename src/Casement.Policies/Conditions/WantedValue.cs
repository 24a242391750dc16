using System.Diagnostics;
using System.Globalization;

namespace Casement.Policies;

/// <summary>
/// One value of a condition, read once in the way its comparison wants it. A value that cannot be read is kept as
/// null and met by nothing.
/// </summary>
internal abstract record WantedValue
{
    private protected WantedValue()
    {
    }

    /// <summary>Whether the request's value meets this one; null if the two cannot be compared at all.</summary>
    public bool? IsMetBy(string actual, ConditionContext context) => this switch
    {
        Text text => text.Pattern.Matches(actual, context, text.IgnoreCase),
        Number number => number.Value is { } wanted && TryNumber(actual, out var given)
            ? Compares(number.Comparison, given.CompareTo(wanted)) : null,
        Date date => date.Value is { } wanted && Moment.TryParse(actual, out var given)
            ? Compares(date.Comparison, given.CompareTo(wanted)) : null,
        Flag flag => flag.Value is { } wanted && bool.TryParse(actual, out var given) && given == wanted,
        Bytes bytes => bytes.Value is { } wanted && TryBytes(actual) is { } given
            && wanted.AsSpan().SequenceEqual(given),
        Address address => address.Value is { } range && AddressRange.TryParse(actual, out var given)
            && range.Contains(given),
        Arn arn => arn.IsMetBy(actual, context),
        _ => throw new UnreachableException(),
    };

    public static WantedValue Read(Comparison comparison, string value, bool variables)
    {
        switch (comparison)
        {
            case Comparison.StringEquals or Comparison.StringNotEquals:
                return new Text(TextPattern.Compile(value, wildcards: false, variables), false);
            case Comparison.StringEqualsIgnoreCase or Comparison.StringNotEqualsIgnoreCase:
                return new Text(TextPattern.Compile(value, wildcards: false, variables), true);
            case Comparison.StringLike or Comparison.StringNotLike:
                return new Text(TextPattern.Compile(value, wildcards: true, variables), false);
            case >= Comparison.NumericEquals and <= Comparison.NumericGreaterThanEquals:
                return new Number(TryNumber(value, out var number) ? number : null, comparison);
            case >= Comparison.DateEquals and <= Comparison.DateGreaterThanEquals:
                return new Date(Moment.TryParse(value, out var moment) ? moment : null, comparison);
            case Comparison.Bool or Comparison.Null:
                return new Flag(bool.TryParse(value, out var flag) ? flag : null);
            case Comparison.BinaryEquals:
                return new Bytes(TryBytes(value));
            case Comparison.IpAddress or Comparison.NotIpAddress:
                return new Address(AddressRange.TryParse(value, out var range) ? range : null);
            default:
                return new Arn(TextPattern.Compile(value, wildcards: true, variables));
        }
    }

    private static bool Compares(Comparison comparison, int order) => comparison switch
    {
        Comparison.NumericLessThan or Comparison.DateLessThan => order < 0,
        Comparison.NumericLessThanEquals or Comparison.DateLessThanEquals => order <= 0,
        Comparison.NumericGreaterThan or Comparison.DateGreaterThan => order > 0,
        Comparison.NumericGreaterThanEquals or Comparison.DateGreaterThanEquals => order >= 0,
        _ => order == 0,
    };

    private static bool TryNumber(string text, out decimal number) => decimal.TryParse(
        text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent,
        CultureInfo.InvariantCulture, out number);

    private static byte[]? TryBytes(string base64)
    {
        var bytes = new byte[base64.Length];
        return Convert.TryFromBase64String(base64, bytes, out var length) ? bytes[..length] : null;
    }

    internal sealed record Text(TextPattern Pattern, bool IgnoreCase) : WantedValue;

    internal sealed record Number(decimal? Value, Comparison Comparison) : WantedValue;

    internal sealed record Date(Moment? Value, Comparison Comparison) : WantedValue;

    internal sealed record Flag(bool? Value) : WantedValue;

    internal sealed record Bytes(byte[]? Value) : WantedValue;

    internal sealed record Address(AddressRange? Value) : WantedValue;

    /// <summary>
    /// Both sides must have six parts, and each is compared on its own, so a star never crosses one of the first five
    /// colons. Variables are replaced first: one may stand for a whole ARN.
    /// </summary>
    internal sealed record Arn(TextPattern Pattern) : WantedValue
    {
        private readonly string? constant = Pattern.HasVariables ? null : Pattern.Expand(ConditionContext.Empty);

        public new bool IsMetBy(string actual, ConditionContext context)
        {
            if ((constant ?? Pattern.Expand(context)) is not { } wanted)
            {
                return false;
            }

            Span<Range> ours = stackalloc Range[ArnText.SegmentsMax];
            Span<Range> theirs = stackalloc Range[ArnText.SegmentsMax];
            if (ArnText.Split(wanted, ours) < ArnText.SegmentsMax
                || ArnText.Split(actual, theirs) < ArnText.SegmentsMax)
            {
                return false;
            }

            for (var i = 0; i < ArnText.SegmentsMax; i++)
            {
                if (!Glob.Matches(wanted.AsSpan(ours[i]), actual.AsSpan(theirs[i]), ignoreCase: false))
                {
                    return false;
                }
            }

            return true;
        }
    }
}
