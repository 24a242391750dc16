namespace Casement.Policies;

/// <summary>
/// Pattern text in which the wildcards are marked. <c>*</c> and <c>?</c> are replaced by two code points that are not
/// characters, so that a star that is meant literally, because a variable brought it in or <c>${*}</c> wrote it, is an
/// ordinary character of the pattern. Documents that hold the marks are refused; values lose them.
/// </summary>
internal static class WildcardText
{
    public const char AnyRun = '\uFFFF';
    public const char OneCharacter = '\uFFFE';
    private const char Replacement = '\uFFFD';

    public static bool HasMarks(ReadOnlySpan<char> text) => text.ContainsAny(AnyRun, OneCharacter);

    public static string Mark(string text) => text.Replace('*', AnyRun).Replace('?', OneCharacter);

    /// <summary>A text from outside that must not act as a wildcard.</summary>
    public static string Plain(string text) =>
        HasMarks(text) ? text.Replace(AnyRun, Replacement).Replace(OneCharacter, Replacement) : text;
}
