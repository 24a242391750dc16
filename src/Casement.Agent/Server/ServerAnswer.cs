using System.Text.Json.Serialization;

namespace Casement.Agent.Server;

/// <summary>What came of a call.</summary>
internal abstract record ServerAnswer<T>
{
    private ServerAnswer()
    {
    }

    internal sealed record Done(T Reply) : ServerAnswer<T>;

    /// <summary>The server understood and said no; asking again changes nothing until something else does.</summary>
    internal sealed record Refused(string Code, string Message) : ServerAnswer<T>;

    /// <summary>No answer, or one that asks for patience: to be tried again.</summary>
    internal sealed record Away(string Reason) : ServerAnswer<T>;
}

/// <summary>Error body of AWS JSON 1.1. What stands before a <c>#</c> in the type is a namespace.</summary>
internal sealed record ServerFault(
    [property: JsonPropertyName("__type")] string? Type,
    [property: JsonPropertyName("message")] string? Message,
    [property: JsonPropertyName("Message")] string? CapitalMessage)
{
    internal string Code => Type?[(Type.LastIndexOf('#') + 1)..] ?? "";

    internal string Text => Message ?? CapitalMessage ?? "";
}
