using System.Globalization;
using NodaTime;

namespace Casement.Schedules;

/// <summary>
/// StartDate or EndDate: ISO 8601 in its extended form. What is left out is zero: a date alone is its midnight, and
/// without an offset it is UTC, since validity does not depend on the window's time zone.
/// </summary>
/// <param name="Millisecond">
/// Unix milliseconds, rounded up: openings lie on whole milliseconds, so that comparing with the rounded value gives
/// the same answer as comparing with the exact one.
/// </param>
/// <param name="Offset">The offset as written, or zero.</param>
internal readonly record struct ValidityDate(long Millisecond, Offset Offset)
{
    private const int NanosPerMillisecond = 1_000_000;
    private const int MaxOffsetHours = 18;

    /// <summary>The fault is one sentence: <c>Invalid StartDate: &lt;value&gt;. &lt;part and rule&gt;</c>.</summary>
    public static bool TryParse(string member, string text, out ValidityDate date, out string? fault)
    {
        var reader = new Reader(text);
        bool read = reader.TryRead(out date);
        fault = read ? null : $"Invalid {member}: {text}. {reader.Fault}";
        return read;
    }

    private ref struct Reader(string text)
    {
        private const string Form =
            "It is not an ISO 8601 date or date and time such as 2021-11-01 or 2021-11-01T14:29:00-08:00.";

        private readonly ReadOnlySpan<char> _text = text;
        private int _at = 0;

        public string? Fault { get; private set; } = null;

        public bool TryRead(out ValidityDate date)
        {
            date = default;
            if (!TryNumber(4, "year", 1, 9999, out int year) || !TryMark('-')
                || !TryNumber(2, "month", 1, 12, out int month) || !TryMark('-')
                || !TryNumber(2, "day", 1, CivilDay.DaysInMonth(year, month), out int day))
            {
                return false;
            }

            long seconds = (long)CivilDay.NumberOf(year, month, day) * CivilDay.SecondsPerDay;
            int nanos = 0;
            int offset = 0;
            if (_at < _text.Length)
            {
                if (!Accept('T') && !Accept('t'))
                {
                    return Refuse(Form);
                }

                if (!TryTime(out int time, out nanos) || !TryOffset(out offset))
                {
                    return false;
                }

                seconds += time;
            }

            if (_at < _text.Length)
            {
                return Refuse(Form);
            }

            long millisecond = ((seconds - offset) * 1000) + ((nanos + NanosPerMillisecond - 1) / NanosPerMillisecond);
            date = new ValidityDate(millisecond, Offset.FromSeconds(offset));
            return true;
        }

        private bool TryTime(out int time, out int nanos)
        {
            (time, nanos) = (0, 0);
            int second = 0;
            if (!TryNumber(2, "hour", 0, 23, out int hour) || !TryMark(':')
                || !TryNumber(2, "minute", 0, 59, out int minute))
            {
                return false;
            }

            if (Accept(':'))
            {
                if (!TryNumber(2, "second", 0, 59, out second) || (Accept('.') && !TryFraction(out nanos)))
                {
                    return false;
                }
            }

            time = (hour * 3600) + (minute * 60) + second;
            return true;
        }

        private bool TryFraction(out int nanos)
        {
            const int MaxDigits = 9;
            int digits = 0;
            nanos = 0;
            while (_at < _text.Length && char.IsAsciiDigit(_text[_at]))
            {
                if (++digits > MaxDigits)
                {
                    return Refuse("The fraction of its second has more than 9 digits.");
                }

                nanos = (nanos * 10) + (_text[_at++] - '0');
            }

            for (int i = digits; i < MaxDigits; i++)
            {
                nanos *= 10;
            }

            return digits > 0 || Refuse(Form);
        }

        private bool TryOffset(out int offset)
        {
            offset = 0;
            if (_at == _text.Length || Accept('Z') || Accept('z'))
            {
                return true;
            }

            int sign = Accept('+') ? 1 : Accept('-') ? -1 : 0;
            if (sign == 0)
            {
                return Refuse(Form);
            }

            int minute = 0;
            if (!TryNumber(2, "offset's hour", 0, MaxOffsetHours, out int hour)
                || (Accept(':') && !TryNumber(2, "offset's minute", 0, hour == MaxOffsetHours ? 0 : 59, out minute)))
            {
                return false;
            }

            offset = sign * ((hour * 3600) + (minute * 60));
            return true;
        }

        private bool TryNumber(int digits, string part, int min, int max, out int value)
        {
            value = 0;
            if (_text.Length - _at < digits || !CronField.TryParseDigits(_text.Slice(_at, digits), out value))
            {
                return Refuse(Form);
            }

            _at += digits;
            return (value >= min && value <= max)
                || Refuse(string.Create(CultureInfo.InvariantCulture, $"Its {part} {value} is not from {min} to {max}."));
        }

        private bool TryMark(char mark) => Accept(mark) || Refuse(Form);

        private bool Accept(char mark)
        {
            if (_at >= _text.Length || _text[_at] != mark)
            {
                return false;
            }

            _at++;
            return true;
        }

        private bool Refuse(string fault)
        {
            Fault = fault;
            return false;
        }
    }
}
