using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Casement.Server;

namespace Casement.Host;

/// <param name="Certificate">What the listener shows.</param>
/// <param name="CaFile">What clients must trust, when Casement made it.</param>
internal sealed record ServerCertificate(X509Certificate2 Certificate, string? CaFile);

/// <summary>The operator's certificate, or for the first day one under an authority of Casement's own.</summary>
internal static class Tls
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    public static ServerCertificate? Certificate(Settings settings, string data)
    {
        if (settings.TlsCertificate is not null)
        {
            return new ServerCertificate(Load(settings.TlsCertificate, settings.TlsKey!), null);
        }

        if (!settings.TlsSelf)
        {
            return null;
        }

        var folder = Path.Combine(data, "tls");
        var ca = Path.Combine(folder, "ca.pem");
        var certificate = Path.Combine(folder, $"server-{settings.Listen.Replace(':', '_')}.pem");
        var key = Path.ChangeExtension(certificate, ".key");
        if (!File.Exists(ca))
        {
            Directory.CreateDirectory(folder, OwnerOnly | UnixFileMode.UserExecute);
            MakeAuthority(ca, Path.Combine(folder, "ca.key"));
        }

        if (!File.Exists(certificate))
        {
            MakeLeaf(ca, Path.Combine(folder, "ca.key"), certificate, key, settings.Listen);
        }

        return new ServerCertificate(Load(certificate, key), ca);
    }

    private static X509Certificate2 Load(string certificate, string key)
    {
        try
        {
            return X509Certificate2.CreateFromPemFile(certificate, key);
        }
        catch (Exception e) when (e is CryptographicException or IOException or UnauthorizedAccessException)
        {
            throw new StartupException($"The certificate {certificate} with key {key} cannot be used: {e.Message}");
        }
    }

    private static void MakeAuthority(string ca, string caKey)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=Casement local authority", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, true, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        var now = TimeProvider.System.GetUtcNow();
        using var made = request.CreateSelfSigned(now.AddDays(-1), now.AddYears(10));
        WriteKey(caKey, key.ExportPkcs8PrivateKeyPem());
        File.WriteAllText(ca, made.ExportCertificatePem() + "\n");
    }

    private static void MakeLeaf(string ca, string caKey, string certificate, string keyFile, string listen)
    {
        using var authority = X509Certificate2.CreateFromPemFile(ca, caKey);
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=casement-server", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        names.AddDnsName(Dns.GetHostName());
        foreach (var address in Addresses(listen))
        {
            names.AddIpAddress(address);
        }

        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1")], false));
        var now = TimeProvider.System.GetUtcNow();
        using var made = request.Create(authority, now.AddDays(-1), now.AddDays(820), RandomNumberGenerator.GetBytes(16));
        WriteKey(keyFile, key.ExportPkcs8PrivateKeyPem());
        File.WriteAllText(certificate, made.ExportCertificatePem() + "\n");
    }

    // listening everywhere, the certificate names every address that the machine has now
    private static IEnumerable<IPAddress> Addresses(string listen)
    {
        var address = IPAddress.Parse(listen);
        var all = address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any)
            ? System.Net.NetworkInformation.NetworkInterface.GetAllNetworkInterfaces()
                .SelectMany(i => i.GetIPProperties().UnicastAddresses).Select(a => a.Address)
            : [address];
        return all.Append(IPAddress.Loopback).Append(IPAddress.IPv6Loopback).Distinct();
    }

    private static void WriteKey(string file, string pem)
    {
        using var stream = new FileStream(file, new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, UnixCreateMode = OwnerOnly });
        stream.Write(System.Text.Encoding.ASCII.GetBytes(pem + "\n"));
    }
}
