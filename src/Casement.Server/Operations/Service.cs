using Casement.Aws;

namespace Casement.Server.Operations;

/// <summary>One of the services whose wire API is spoken on the port.</summary>
/// <param name="Name">The name in the signature's scope.</param>
/// <param name="Protocol">How requests and replies are written.</param>
/// <param name="Prefix">The <c>X-Amz-Target</c> prefix of JSON services; the API version of Query services.</param>
/// <param name="Namespace">The XML namespace of Query replies.</param>
public sealed record Service(string Name, WireProtocol Protocol, string Prefix, string Namespace)
{
    public static Service Ssm { get; } = new("ssm", WireProtocol.Json11, "AmazonSSM", "");

    public static Service Messages { get; } = new("ec2messages", WireProtocol.Json11, "EC2WindowsMessageDeliveryService", "");

    public static Service Iam { get; } = new("iam", WireProtocol.Query, "2010-05-08", "https://iam.amazonaws.com/doc/2010-05-08/");

    public static Service Sts { get; } = new("sts", WireProtocol.Query, "2011-06-15", "https://sts.amazonaws.com/doc/2011-06-15/");

    /// <summary>Known by name, so that its calls are refused as its own; no operation of it is carried out yet.</summary>
    public static Service Sns { get; } = new("sns", WireProtocol.Query, "2010-03-31", "http://sns.amazonaws.com/doc/2010-03-31/");

    /// <summary>Casement's own operations: JSON under <c>/casement/</c>.</summary>
    public static Service Casement { get; } = new("casement", WireProtocol.Json11, "Casement", "");

    public static IReadOnlyList<Service> All { get; } = [Ssm, Messages, Iam, Sts, Sns, Casement];
}
