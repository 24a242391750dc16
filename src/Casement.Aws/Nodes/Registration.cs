using System.Text.Json.Serialization;

namespace Casement.Aws.Nodes;

/// <summary>Registers a machine as a managed node. Sent without any signature.</summary>
/// <param name="ActivationId">UUID of the activation, 36 characters.</param>
/// <param name="ActivationCode">Secret of the activation, 20 to 250 characters.</param>
/// <param name="PublicKey">Base64 of the DER SubjectPublicKeyInfo of an RSA key of 2048 bits, 392 characters.</param>
/// <param name="PublicKeyType">Always <c>Rsa</c>.</param>
/// <param name="Fingerprint">UUID that the machine keeps across registrations.</param>
public sealed record RegisterManagedInstanceRequest(
    string? ActivationId, string? ActivationCode, string? PublicKey, string? PublicKeyType, string? Fingerprint);

/// <summary>Answer to a registration.</summary>
/// <param name="InstanceId"><c>mi-</c> and 17 hexadecimal digits.</param>
public sealed record RegisterManagedInstanceReply(string? InstanceId);

/// <summary>Asks for temporary credentials of the node's role.</summary>
/// <param name="Fingerprint">The fingerprint given at registration.</param>
public sealed record RequestManagedInstanceRoleTokenRequest(string? Fingerprint);

/// <summary>
/// Temporary credentials of a node. All five members must be present: the stock agent stops refreshing for five
/// minutes when one is missing.
/// </summary>
/// <param name="AccessKeyId">Begins with <c>ASIA</c>.</param>
/// <param name="SecretAccessKey">Key for SigV4.</param>
/// <param name="SessionToken">Goes into <c>X-Amz-Security-Token</c>.</param>
/// <param name="TokenExpirationDate">
/// Seconds since 1970, fractions allowed; an ISO 8601 text is read too. Agents refresh at half of the lifetime.
/// </param>
/// <param name="UpdateKeyPair">True asks the node to send a new public key.</param>
public sealed record RequestManagedInstanceRoleTokenReply(
    string? AccessKeyId,
    string? SecretAccessKey,
    string? SessionToken,
    [property: JsonConverter(typeof(EpochSecondsConverter))] DateTimeOffset TokenExpirationDate,
    bool UpdateKeyPair);

/// <summary>Replaces the node's key; signed with the old one.</summary>
/// <param name="NewPublicKey">Same format as at registration.</param>
/// <param name="NewPublicKeyType">Always <c>Rsa</c>.</param>
public sealed record UpdateManagedInstancePublicKeyRequest(string? NewPublicKey, string? NewPublicKeyType);

/// <summary>An answer without members: <c>{}</c>.</summary>
public sealed record EmptyReply;

/// <summary>
/// Heartbeat of a node. The stock agent's first one carries only the agent's name and version, the id and the platform
/// type, so a receiver keeps what it knows of every member that is absent.
/// </summary>
/// <param name="InstanceId">The node, <c>mi-…</c> or <c>i-…</c>.</param>
/// <param name="AgentName"><c>amazon-ssm-agent</c> for the stock agent, <c>casement-agent</c> for Casement's.</param>
/// <param name="AgentVersion">Three or four numbers with dots between.</param>
/// <param name="AgentStatus"><c>Active</c>.</param>
/// <param name="PlatformType"><c>Linux</c>, <c>Windows</c> or <c>MacOS</c>.</param>
/// <param name="PlatformName">Name of the distribution.</param>
/// <param name="PlatformVersion">Version of the distribution.</param>
/// <param name="ComputerName">Host name, at most 255 characters.</param>
/// <param name="IPAddress">First address of the machine.</param>
/// <param name="AvailabilityZone">Empty on machines outside EC2.</param>
/// <param name="AvailabilityZoneId">Empty on machines outside EC2.</param>
/// <param name="SSMConnectionChannel">Empty at first, later <c>ec2messages</c> or <c>ssmmessages</c>.</param>
public sealed record UpdateInstanceInformationRequest(
    string? InstanceId,
    string? AgentName = null,
    string? AgentVersion = null,
    string? AgentStatus = null,
    string? PlatformType = null,
    string? PlatformName = null,
    string? PlatformVersion = null,
    string? ComputerName = null,
    string? IPAddress = null,
    string? AvailabilityZone = null,
    string? AvailabilityZoneId = null,
    string? SSMConnectionChannel = null);
