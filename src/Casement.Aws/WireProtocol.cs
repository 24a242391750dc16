namespace Casement.Aws;

/// <summary>How a service writes requests, replies and errors. AWS names the same failure differently in each.</summary>
public enum WireProtocol
{
    /// <summary>AWS JSON 1.0 and 1.1: the operation in <c>X-Amz-Target</c>, JSON bodies. Systems Manager, tagging.</summary>
    Json11 = 1,

    /// <summary>Form parameters in, XML out. IAM, STS, SNS.</summary>
    Query = 2,
}
