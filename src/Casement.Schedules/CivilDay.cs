namespace Casement.Schedules;

/// <summary>
/// A proleptic Gregorian date on or after 1 January 1970, made from and turned into a day number by arithmetic alone:
/// the search for the next opening does this for every month it looks at, and must not allocate or validate there.
/// </summary>
internal readonly record struct CivilDay(int Year, int Month, int Day)
{
    public const int SecondsPerDay = 86_400;

    // The count runs from 1 March of year 0, so that the leap day is the last day of its year.
    private const int EpochShift = 719_468;
    private const int DaysPerEra = 146_097;

    /// <summary>Days since 1 January 1970; never negative.</summary>
    public static CivilDay FromNumber(int number)
    {
        int shifted = number + EpochShift;
        int era = shifted / DaysPerEra;
        int dayOfEra = shifted - (era * DaysPerEra);
        int yearOfEra = (dayOfEra - (dayOfEra / 1460) + (dayOfEra / 36_524) - (dayOfEra / (DaysPerEra - 1))) / 365;
        int dayOfYear = dayOfEra - ((365 * yearOfEra) + (yearOfEra / 4) - (yearOfEra / 100));
        int monthFromMarch = ((5 * dayOfYear) + 2) / 153;
        int day = dayOfYear - (((153 * monthFromMarch) + 2) / 5) + 1;
        int month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9;
        int year = (era * 400) + yearOfEra + (month <= 2 ? 1 : 0);
        return new CivilDay(year, month, day);
    }

    public static int NumberOf(int year, int month, int day)
    {
        int marchYear = month <= 2 ? year - 1 : year;
        int era = marchYear / 400;
        int yearOfEra = marchYear - (era * 400);
        int monthFromMarch = month <= 2 ? month + 9 : month - 3;
        int dayOfYear = (((153 * monthFromMarch) + 2) / 5) + day - 1;
        int dayOfEra = (yearOfEra * 365) + (yearOfEra / 4) - (yearOfEra / 100) + dayOfYear;
        return (era * DaysPerEra) + dayOfEra - EpochShift;
    }

    public static int DaysInMonth(int year, int month) => month switch
    {
        2 => year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28,
        4 or 6 or 9 or 11 => 30,
        _ => 31,
    };
}
