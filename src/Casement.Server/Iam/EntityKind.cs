namespace Casement.Server.Iam;

/// <summary>What IAM policies hang on.</summary>
public enum EntityKind
{
    User = 1,
    Group = 2,
    Role = 3,
}
