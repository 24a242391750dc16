using System.Net;
using System.Net.Sockets;
using Casement.Server;

namespace Casement.Host;

/// <summary>A taken port is said before a first start makes anything, so that a refused start changes nothing.</summary>
internal static class PortProbe
{
    /// <exception cref="StartupException">Somebody listens there, or the address is not this machine's.</exception>
    public static void ThrowIfTaken(Settings settings)
    {
        try
        {
            using var probe = new TcpListener(IPAddress.Parse(settings.Listen), settings.Port);
            probe.Start();
        }
        catch (SocketException e)
        {
            throw new StartupException(e.SocketErrorCode == SocketError.AddressAlreadyInUse
                ? $"Port {settings.Port} on {settings.Listen} is in use: choose another with --port, or stop what listens there."
                : $"{settings.Listen}:{settings.Port} cannot be listened on: {e.Message}.");
        }
    }
}
