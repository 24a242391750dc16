using System.Diagnostics.CodeAnalysis;

namespace Casement.Aws;

/// <summary>A refusal that the caller gets to read: error code, text and HTTP status of one reply.</summary>
[SuppressMessage("Design", "CA1032:Implement standard exception constructors",
    Justification = "A refusal without a code cannot be written on the wire.")]
public sealed class AwsException : Exception
{
    /// <param name="code">The code as the protocol spells it, such as <c>ValidationException</c>; never a prefix.</param>
    /// <param name="message">The text for the caller; may be empty where AWS's model has no message.</param>
    /// <param name="status">400 for almost everything; 403, 404, 409 in the Query services; 5xx is the server's fault.</param>
    public AwsException(string code, string message, int status = 400)
        : base(message)
    {
        ArgumentException.ThrowIfNullOrEmpty(code);
        Code = code;
        Status = status;
    }

    /// <summary>The error code, unqualified.</summary>
    public string Code { get; }

    /// <summary>The HTTP status of the reply.</summary>
    public int Status { get; }
}
