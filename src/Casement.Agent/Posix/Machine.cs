using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;

namespace Casement.Agent.Posix;

/// <summary>What the agent says about the machine.</summary>
internal sealed record Machine(string HostName, string PlatformName, string PlatformVersion, string Address)
{
    /// <summary>Where tests put another id to play a restart of the machine.</summary>
    internal const string BootIdVariable = "CASEMENT_BOOT_ID_FILE";

    /// <summary>Changes with each start of the machine, and only then.</summary>
    internal static string ReadBootId() => File.ReadAllText(
        Environment.GetEnvironmentVariable(BootIdVariable) ?? "/proc/sys/kernel/random/boot_id").Trim();

    internal static Machine Read()
    {
        var release = ReadRelease();
        return new Machine(
            Dns.GetHostName(), release.GetValueOrDefault("NAME", "Linux"),
            release.GetValueOrDefault("VERSION_ID", ""), FirstAddress());
    }

    private static Dictionary<string, string> ReadRelease()
    {
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        if (!File.Exists("/etc/os-release"))
        {
            return values;
        }
        foreach (var line in File.ReadLines("/etc/os-release"))
        {
            var equals = line.IndexOf('=', StringComparison.Ordinal);
            if (equals > 0)
            {
                values[line[..equals]] = line[(equals + 1)..].Trim('"', '\'');
            }
        }
        return values;
    }

    private static string FirstAddress()
    {
        try
        {
            return NetworkInterface.GetAllNetworkInterfaces()
                .Where(card => card.OperationalStatus == OperationalStatus.Up
                    && card.NetworkInterfaceType != NetworkInterfaceType.Loopback)
                .SelectMany(card => card.GetIPProperties().UnicastAddresses)
                .Select(entry => entry.Address)
                .OrderBy(address => address.AddressFamily == AddressFamily.InterNetwork ? 0 : 1)
                .FirstOrDefault(address => !address.IsIPv6LinkLocal, IPAddress.Loopback)
                .ToString();
        }
        catch (NetworkInformationException)
        {
            // some containers hide their interfaces
            return IPAddress.Loopback.ToString();
        }
    }
}
