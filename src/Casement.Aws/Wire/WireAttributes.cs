namespace Casement.Aws.Wire;

/// <summary>The member may not be absent.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class RequiredAttribute : Attribute;

/// <summary>Code points of a string, bytes of a blob, items of a list or map; -1 is no bound.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class LengthAttribute(int min, int max) : Attribute
{
    /// <summary>Least length, inclusive.</summary>
    public int Min { get; } = min;

    /// <summary>Greatest length, inclusive.</summary>
    public int Max { get; } = max;
}

/// <summary>Least and greatest value of a number, inclusive; the extremes of long are no bound.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class RangeAttribute(long min, long max) : Attribute
{
    /// <summary>Least value.</summary>
    public long Min { get; } = min;

    /// <summary>Greatest value.</summary>
    public long Max { get; } = max;
}

/// <summary>The whole string must match, as <see cref="ModelPattern"/> reads it.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class PatternAttribute(string pattern) : Attribute
{
    /// <summary>As AWS's model spells it; printed so in faults.</summary>
    public string Pattern { get; } = pattern;
}

/// <summary>The string must be one of these, case included.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class EnumValuesAttribute(params string[] values) : Attribute
{
    /// <summary>In the order that faults print.</summary>
    public IReadOnlyList<string> Values { get; } = values;
}

/// <summary><see cref="LengthAttribute"/> for the strings in a list, a map, or the lists of a map.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class EachLengthAttribute(int min, int max) : Attribute
{
    /// <summary>Least length, inclusive.</summary>
    public int Min { get; } = min;

    /// <summary>Greatest length, inclusive.</summary>
    public int Max { get; } = max;
}

/// <summary><see cref="PatternAttribute"/> for the strings in a list, a map, or the lists of a map.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class EachPatternAttribute(string pattern) : Attribute
{
    /// <summary>As AWS's model spells it.</summary>
    public string Pattern { get; } = pattern;
}

/// <summary><see cref="EnumValuesAttribute"/> for the strings in a list, a map, or the lists of a map.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class EachEnumAttribute(params string[] values) : Attribute
{
    /// <summary>In the order that faults print.</summary>
    public IReadOnlyList<string> Values { get; } = values;
}

/// <summary><see cref="LengthAttribute"/> for the keys of a map.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class KeyLengthAttribute(int min, int max) : Attribute
{
    /// <summary>Least length, inclusive.</summary>
    public int Min { get; } = min;

    /// <summary>Greatest length, inclusive.</summary>
    public int Max { get; } = max;
}

/// <summary><see cref="PatternAttribute"/> for the keys of a map.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class KeyPatternAttribute(string pattern) : Attribute
{
    /// <summary>As AWS's model spells it.</summary>
    public string Pattern { get; } = pattern;
}

/// <summary><see cref="EnumValuesAttribute"/> for the keys of a map.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class KeyEnumAttribute(params string[] values) : Attribute
{
    /// <summary>In the order that faults print.</summary>
    public IReadOnlyList<string> Values { get; } = values;
}

/// <summary>Faults print <c>***</c> and <see cref="JsonWire.WriteRedacted"/> hides the value.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class SensitiveAttribute : Attribute;

/// <summary>The member's name on the wire where it differs from the property's, such as <c>key</c>.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class WireNameAttribute(string name) : Attribute
{
    /// <summary>Case counts.</summary>
    public string Name { get; } = name;
}
