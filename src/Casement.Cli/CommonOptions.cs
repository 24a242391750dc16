using System.CommandLine;
using System.Globalization;

namespace Casement.Cli;

/// <summary>Options that stand behind every verb.</summary>
internal static class CommonOptions
{
    internal static readonly Option<bool> Help = new("--help", "-h")
    {
        Description = "This text.", Recursive = true,
    };

    internal static readonly Option<bool> Json = new("--json")
    {
        Description = "The answer as one JSON document; all else goes to standard error.", Recursive = true,
    };

    internal static readonly Option<string?> Color = new("--color")
    {
        Description = "auto (on a terminal, unless NO_COLOR is set), always, never.", HelpName = "WHEN", Recursive = true,
    };

    internal static readonly Option<bool> Quiet = new("--quiet")
    {
        Description = "Only the answer and failures.", Recursive = true,
    };

    internal static readonly Option<bool> Verbose = new("--verbose")
    {
        Description = "Say more on standard error; with it, a failure shows where it happened.", Recursive = true,
    };

    internal static readonly Option<string?> EndpointUrl = new("--endpoint-url")
    {
        Description = "The server to ask, with the credentials of AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY. "
            + "Without it (and without AWS_ENDPOINT_URL) the running server is found, and asked as its admin.",
        HelpName = "URL", Recursive = true,
    };

    internal static readonly Option<string?> Region = new("--region")
    {
        Description = "The region (default: the server's, else AWS_REGION, AWS_DEFAULT_REGION, us-east-1).", HelpName = "NAME",
        Recursive = true,
    };

    internal static readonly Option<string?> Timeout = new("--timeout")
    {
        Description = "Seconds to wait for the server's answer; when they end, exit code 2, and nothing was stopped.",
        HelpName = "SECONDS", Recursive = true,
    };

    internal static IReadOnlyList<Option> All { get; } = [Help, Json, Color, Quiet, Verbose, EndpointUrl, Region, Timeout];

    /// <exception cref="FailureException">Not a number of seconds.</exception>
    internal static TimeSpan? Patience(Invocation invocation) => invocation.Text(Timeout) is not { } text
        ? null
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && seconds is >= 1 and <= 86400
            ? TimeSpan.FromSeconds(seconds)
            : throw FailureException.Usage($"--timeout is a number of seconds from 1 to 86400, not '{text}'.");
}
