namespace Casement.Cli.Calls;

/// <summary>The service answered, and its answer is an error.</summary>
/// <param name="code">As the protocol spells it, such as <c>AccessDeniedException</c>.</param>
/// <param name="message">The service's text; may be empty.</param>
public sealed class RefusalException(string code, string message) : Exception(message)
{
    public string Code => code;
}
