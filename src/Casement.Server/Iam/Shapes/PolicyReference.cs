namespace Casement.Server.Iam.Shapes;

/// <summary>A managed policy that hangs on a user, group or role.</summary>
public sealed record PolicyReference
{
    public string? PolicyName { get; init; }

    public string? PolicyArn { get; init; }
}
