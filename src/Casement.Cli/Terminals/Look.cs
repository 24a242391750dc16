using Casement.Cli.Posix;

namespace Casement.Cli.Terminals;

/// <summary>What the place where text is written can show.</summary>
/// <param name="Colour">Escape sequences may be written.</param>
/// <param name="Utf8">Signs beyond ASCII may be written.</param>
/// <param name="Width">Columns.</param>
internal sealed record Look(bool Colour, bool Utf8, int Width)
{
    private const int WidthElsewhere = 80;

    /// <param name="choice"><c>always</c>, <c>never</c>, or <c>auto</c>: on a terminal without NO_COLOR and not a dumb one.</param>
    internal static Look Of(int descriptor, string choice, Func<string, string?> environment)
    {
        var terminal = Libc.IsTerminal(descriptor) == 1;
        var colour = choice switch
        {
            "always" => true,
            "never" => false,
            _ => terminal && string.IsNullOrEmpty(environment("NO_COLOR")) && environment("TERM") is not (null or "" or "dumb"),
        };
        var columns = terminal ? Libc.Columns(descriptor) : 0;
        return new Look(colour, IsUtf8(environment), columns > 0 ? columns : WidthElsewhere);
    }

    private static bool IsUtf8(Func<string, string?> environment)
    {
        foreach (var name in (ReadOnlySpan<string>)["LC_ALL", "LC_CTYPE", "LANG"])
        {
            if (environment(name) is { Length: > 0 } locale)
            {
                return locale.Contains("UTF-8", StringComparison.OrdinalIgnoreCase)
                    || locale.Contains("UTF8", StringComparison.OrdinalIgnoreCase);
            }
        }

        return false;
    }
}
