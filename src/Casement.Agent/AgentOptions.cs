using System.Globalization;

namespace Casement.Agent;

/// <summary>The command line.</summary>
internal sealed record AgentOptions
{
    /// <summary>Keeps the code out of the list of processes.</summary>
    internal const string ActivationCodeVariable = "CASEMENT_ACTIVATION_CODE";

    internal const string Usage = """
        casement-agent --dir DIR [--endpoint URL] [--region R] [--activation-id I] [options]
          --dir DIR              the node's directory, for one agent alone
          --endpoint URL         the server, for example https://casement.example.org:8470; needed to register
          --region R             region of the activation (default us-east-1)
          --activation-id I      register with this activation unless DIR is registered already
          --code C               the activation's code; better in the variable CASEMENT_ACTIVATION_CODE
          --ca FILE              PEM file of the authorities to trust instead of the system's
          --name N               computer name to report instead of the host name
          --reboot-command C     run by the shell when a script ends with 194; without it such a script fails
          --rotate-key-days N    replace the node's key when it is N days old; without it only when the server asks
          --poll-timeout S       seconds to wait for an answer to a poll (default 20)
          --own-session          leave the terminal's session, so that its Ctrl-C does not reach the agent
          --verbose              say more on standard error
        Exit codes: 0 stopped, 1 registration refused, 252 usage, 253 directory or machine not fit.
        """;

    internal string Directory { get; private set; } = "";

    internal Uri? Endpoint { get; private set; }

    internal string? Region { get; private set; }

    internal string? ActivationId { get; private set; }

    internal string? Code { get; private set; } = Environment.GetEnvironmentVariable(ActivationCodeVariable);

    internal string? AuthoritiesPath { get; private set; }

    internal string? Name { get; private set; }

    internal string? RebootCommand { get; private set; }

    internal TimeSpan PollPatience { get; private set; } = TimeSpan.FromSeconds(20);

    /// <summary>Null: only when the server asks for it.</summary>
    internal TimeSpan? ReplaceKeyAfter { get; private set; }

    internal bool OwnSession { get; private set; }

    internal bool Verbose { get; private set; }

    /// <returns>Null, or what is wrong.</returns>
    internal static string? TryParse(IReadOnlyList<string> arguments, out AgentOptions options)
    {
        options = new AgentOptions();
        for (var index = 0; index < arguments.Count; index++)
        {
            var (name, value) = arguments[index].Split('=', 2) is [var left, var right]
                ? (left, right)
                : (arguments[index], null);
            if (value is null && options.TrySetFlag(name))
            {
                continue;
            }
            if (value is null && ++index == arguments.Count)
            {
                return IsKnown(name) ? $"{name} needs a value." : $"Unknown option {name}.";
            }
            if (options.Set(name, value ?? arguments[index]) is { } fault)
            {
                return fault;
            }
        }
        return options.Directory.Length == 0 ? "--dir is missing." : null;
    }

    private static bool IsKnown(string name) => Usage.Contains($"  {name} ", StringComparison.Ordinal);

    private bool TrySetFlag(string name)
    {
        switch (name)
        {
            case "--own-session":
                OwnSession = true;
                return true;
            case "--verbose":
                Verbose = true;
                return true;
            default:
                return false;
        }
    }

    private string? Set(string name, string value)
    {
        switch (name)
        {
            case "--dir":
                Directory = Path.GetFullPath(value);
                return value.Length == 0 ? "--dir is empty." : null;
            case "--endpoint":
                Endpoint = Uri.TryCreate(value, UriKind.Absolute, out var url) && url.Scheme is "http" or "https" ? url : null;
                return Endpoint is null ? $"--endpoint {value} is not an http or https URL." : null;
            case "--region":
                Region = value;
                return value.Length is > 0 and <= 100 && value.All(c => char.IsAsciiLetterOrDigit(c) || c == '-')
                    ? null
                    : $"--region {value} is not a region: 1 to 100 letters, digits and hyphens.";
            case "--activation-id":
                ActivationId = value;
                return null;
            case "--code":
                Code = value;
                return null;
            case "--ca":
                AuthoritiesPath = value;
                return null;
            case "--name":
                Name = value;
                return value.Length is > 0 and <= 255 ? null : "--name must have 1 to 255 characters.";
            case "--reboot-command":
                RebootCommand = value;
                return null;
            case "--rotate-key-days":
                var areDays = int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var days);
                ReplaceKeyAfter = TimeSpan.FromDays(days);
                return areDays && days is >= 1 and <= 3650 ? null : $"--rotate-key-days {value} is not 1 to 3650.";
            case "--poll-timeout":
                var isNumber = int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds);
                PollPatience = TimeSpan.FromSeconds(seconds);
                return isNumber && seconds is >= 1 and <= 600 ? null : $"--poll-timeout {value} is not 1 to 600.";
            default:
                return $"Unknown option {name}.";
        }
    }
}
