using System.Globalization;
using System.Net;

namespace Casement.Cli.Up;

/// <summary>What <c>up</c> was asked for. The server checks its own options again.</summary>
internal sealed record UpOptions
{
    internal const string DefaultData = ".casement";

    /// <summary>Whether only this machine reaches the server.</summary>
    internal required bool IsLocal { get; init; }

    /// <summary>Absolute; null when the server makes a temporary one.</summary>
    internal string? Data { get; init; }

    internal bool LocalNode { get; init; }

    internal bool Demo { get; init; }

    /// <summary>End with the demo instead of leaving the server running.</summary>
    internal bool ExitAfterDemo { get; init; }

    /// <summary>Command line of the server.</summary>
    internal required IReadOnlyList<string> ServerArguments { get; init; }

    /// <summary>Checks what can be said without a server, naming option, value and rule.</summary>
    /// <param name="values">Option names with their values; flags have an empty one.</param>
    /// <exception cref="FailureException">The options make no sense.</exception>
    internal static UpOptions Of(IReadOnlyDictionary<string, string> values, string currentDirectory)
    {
        Check(values);
        var data = values.ContainsKey("--ephemeral")
            ? null
            : Path.GetFullPath(values.GetValueOrDefault("--data") ?? DefaultData, currentDirectory);
        List<string> arguments = data is null ? [] : ["--data", data];
        foreach (var (name, value) in values)
        {
            if (name is "--data" or "--no-node" or "--demo" or "--exit")
            {
                continue;
            }

            arguments.Add(name);
            if (value.Length > 0)
            {
                arguments.Add(name is "--tls-cert" or "--tls-key" or "--master-key-file" or "--tzdb" ? Path.GetFullPath(value, currentDirectory) : value);
            }
        }

        return new UpOptions
        {
            Data = data,
            LocalNode = !values.ContainsKey("--no-node"),
            Demo = values.ContainsKey("--demo"),
            ExitAfterDemo = values.ContainsKey("--exit"),
            ServerArguments = arguments,
            IsLocal = !values.TryGetValue("--listen", out var listen) || (IPAddress.TryParse(listen, out var address) && IPAddress.IsLoopback(address)),
        };
    }

    private static void Check(IReadOnlyDictionary<string, string> values)
    {
        foreach (var (name, value) in values)
        {
            if (value.Length == 0 && !IsFlag(name))
            {
                throw FailureException.Usage($"{name} is empty.");
            }
        }

        Together(values, "--tls-cert", "--tls-key");
        Needs(values, "--exit", "--demo", "it ends when the demo does");
        Needs(values, "--clock", "--ephemeral", "a clock that is moved must not decide what a lasting server did");
        Needs(values, "--at", "--clock", "it is the first value of a clock that is moved");
        Apart(values, "--data", "--ephemeral", "an ephemeral server makes its own directory");
        Apart(values, "--tls-self", "--tls-cert", "a certificate is given or made");
        Apart(values, "--tls-self", "--insecure-http", "there is TLS or there is none");
        Apart(values, "--tls-cert", "--insecure-http", "there is TLS or there is none");
        Apart(values, "--demo", "--no-node", "its script runs on the local node");
        Apart(values, "--demo", "--clock", "its window opens by the real clock");
        OneOf(values, "--quotas", "open", "aws");
        OneOf(values, "--clock", "manual");
        if (values.TryGetValue("--port", out var port)
            && !(int.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number <= 65535))
        {
            throw FailureException.Usage($"--port is a number from 0 to 65535, not '{port}'.");
        }

        if (values.TryGetValue("--retention", out var days)
            && !(int.TryParse(days, NumberStyles.None, CultureInfo.InvariantCulture, out var kept) && kept is >= 1 and <= 36500))
        {
            throw FailureException.Usage($"--retention is a number of days from 1 to 36500, not '{days}'.");
        }

        if (values.TryGetValue("--account", out var account) && (account.Length != 12 || !account.All(char.IsAsciiDigit)))
        {
            throw FailureException.Usage($"--account is twelve digits, not '{account}'.");
        }
    }

    private static bool IsFlag(string name)
        => name is "--ephemeral" or "--tls-self" or "--insecure-http" or "--no-node" or "--demo" or "--exit" or "--verbose";

    private static void Together(IReadOnlyDictionary<string, string> values, string one, string other)
    {
        if (values.ContainsKey(one) != values.ContainsKey(other))
        {
            throw FailureException.Usage($"{one} and {other} go together.");
        }
    }

    private static void Needs(IReadOnlyDictionary<string, string> values, string option, string needed, string reason)
    {
        if (values.ContainsKey(option) && !values.ContainsKey(needed))
        {
            throw FailureException.Usage($"{option} goes with {needed}: {reason}.");
        }
    }

    private static void Apart(IReadOnlyDictionary<string, string> values, string one, string other, string reason)
    {
        if (values.ContainsKey(one) && values.ContainsKey(other))
        {
            throw FailureException.Usage($"{one} and {other} exclude each other: {reason}.");
        }
    }

    private static void OneOf(IReadOnlyDictionary<string, string> values, string option, params string[] known)
    {
        if (values.TryGetValue(option, out var value) && !known.Contains(value))
        {
            throw FailureException.Usage($"{option} is {string.Join(" or ", known)}, not '{value}'.");
        }
    }
}
