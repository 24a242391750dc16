using System.Globalization;
using System.Net;
using Casement.Server;
using Casement.Server.Engine;
using NodaTime;
using NodaTime.Text;

namespace Casement.Host;

/// <summary>The server's options, the same words as the CLI's <c>up</c>. Bad ones are said in one line.</summary>
internal static class CommandLine
{
    /// <exception cref="UsageException">An unknown option, a missing or an impossible value.</exception>
    public static Settings Parse(IReadOnlyList<string> arguments)
    {
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        for (var i = 0; i < arguments.Count; i++)
        {
            var option = arguments[i];
            if (Flags.Contains(option))
            {
                values[option] = "";
            }
            else if (!Valued.Contains(option))
            {
                throw new UsageException($"Unknown option '{option}'.");
            }
            else if (i + 1 == arguments.Count)
            {
                throw new UsageException($"{option} needs a value.");
            }
            else
            {
                values[option] = arguments[++i];
            }
        }

        return Build(values);
    }

    private static readonly HashSet<string> Flags = ["--ephemeral", "--tls-self", "--insecure-http", "--verbose"];

    private static readonly HashSet<string> Valued =
    [
        "--data", "--port", "--listen", "--tls-cert", "--tls-key", "--account", "--region", "--quotas", "--clock", "--at", "--master-key-file",
        "--retention", "--tzdb",
    ];

    private static Settings Build(Dictionary<string, string> values)
    {
        string? Value(string option) => values.GetValueOrDefault(option);
        var ephemeral = values.ContainsKey("--ephemeral");
        var settings = new Settings
        {
            DataDirectory = ephemeral ? "" : Value("--data") ?? ".casement",
            Ephemeral = ephemeral,
            Listen = Value("--listen") ?? "127.0.0.1",
            Port = Number("--port", Value("--port"), 8470, 0, 65535),
            TlsCertificate = Value("--tls-cert"),
            TlsKey = Value("--tls-key"),
            TlsSelf = values.ContainsKey("--tls-self"),
            InsecureHttp = values.ContainsKey("--insecure-http"),
            Account = Value("--account") ?? "123456789012",
            Region = Value("--region") ?? "us-east-1",
            Quotas = Quotas.Named(Value("--quotas") ?? "open") ?? throw new UsageException("--quotas is open or aws."),
            ManualClock = Clock(Value("--clock"), ephemeral),
            ClockStart = Instant(Value("--at")),
            MasterKeyFile = Value("--master-key-file"),
            RetentionDays = Number("--retention", Value("--retention"), 30, 1, 36500),
            TimeZoneFile = Value("--tzdb"),
            Verbose = values.ContainsKey("--verbose"),
        };
        Check(settings);
        return settings;
    }

    private static void Check(Settings settings)
    {
        if (settings.ClockStart is not null && !settings.ManualClock)
        {
            throw new UsageException("--at goes with --clock manual.");
        }

        if ((settings.TlsCertificate is null) != (settings.TlsKey is null))
        {
            throw new UsageException("--tls-cert and --tls-key go together.");
        }

        if (settings.Account.Length != 12 || !settings.Account.All(char.IsAsciiDigit))
        {
            throw new UsageException($"--account is twelve digits, not '{settings.Account}'.");
        }

        if (settings.Region.Length is 0 or > 32 || !settings.Region.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-'))
        {
            throw new UsageException($"--region is lower-case letters, digits and hyphens, not '{settings.Region}'.");
        }

        if (!IPAddress.TryParse(settings.Listen, out var address))
        {
            throw new UsageException($"--listen is an address such as 0.0.0.0, not '{settings.Listen}'.");
        }

        if (!IPAddress.IsLoopback(address) && !settings.Tls && !settings.InsecureHttp)
        {
            throw new StartupException(
                $"Listening on {settings.Listen} without TLS shows tokens and scripts to the network: add --tls-self, or --tls-cert and --tls-key, or ask for it with --insecure-http.");
        }
    }

    private static bool Clock(string? value, bool ephemeral) => value switch
    {
        null => false,
        "manual" when ephemeral => true,
        "manual" => throw new UsageException("--clock manual goes with --ephemeral: a clock that is moved must not decide what a lasting server did."),
        _ => throw new UsageException($"--clock knows only 'manual', not '{value}'."),
    };

    private static NodaTime.Instant? Instant(string? value) => value is null
        ? null
        : InstantPattern.ExtendedIso.Parse(value) is { Success: true, Value: var instant }
            && instant >= NodaConstants.UnixEpoch && instant <= NodaTime.Instant.FromDateTimeOffset(ManualTimeProvider.End)
            ? instant
            : throw new UsageException($"--at is an instant from 1970 to the end of 9998 such as 2027-03-28T00:59:00Z, not '{value}'.");

    private static int Number(string option, string? value, int otherwise, int least, int most) => value is null
        ? otherwise
        : int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most
            ? number
            : throw new UsageException($"{option} is a number from {least} to {most}, not '{value}'.");
}

/// <summary>The options make no sense; exit code 252.</summary>
internal sealed class UsageException(string message) : Exception(message);
