using System.Globalization;
using System.Runtime.CompilerServices;

namespace Casement.Simulation.Tests.Machinery;

/// <summary>Something happened that must not. The rule's name is what the table of planted bugs shows.</summary>
internal sealed class Violation(string rule, string what) : Exception($"{rule}: {what}")
{
    public string Rule => rule;

    /// <exception cref="Violation">It does not hold.</exception>
    public static void Unless(bool holds, string rule, [InterpolatedStringHandlerArgument(nameof(holds))] Finding what)
    {
        if (!holds)
        {
            throw new Violation(rule, what.Text());
        }
    }
}

/// <summary>A text that is put together only when there is something to report.</summary>
[InterpolatedStringHandler]
internal ref struct Finding
{
    private DefaultInterpolatedStringHandler _text;

    public Finding(int literalLength, int formattedCount, bool holds, out bool isWanted)
    {
        isWanted = !holds;
        _text = holds ? default : new DefaultInterpolatedStringHandler(literalLength, formattedCount, CultureInfo.InvariantCulture);
    }

    public void AppendLiteral(string text) => _text.AppendLiteral(text);

    public void AppendFormatted<T>(T value) => _text.AppendFormatted(value);

    public string Text() => _text.ToStringAndClear();
}
