using Casement.Storage;

namespace Casement.Server.Iam;

/// <summary>Roles that a new account has: the one under which AWS's guides register managed nodes.</summary>
public static class FirstRoles
{
    /// <summary>The role's path and name, as an activation's <c>IamRole</c> names it without the leading slash.</summary>
    public const string NodeRole = "service-role/AmazonEC2RunCommandRoleForManagedInstances";

    private const string Trust =
        """{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"ssm.amazonaws.com"},"Action":"sts:AssumeRole"}]}""";

    public static void Insert(Tx tx, Scope scope, long nowMs)
    {
        var name = NodeRole[(NodeRole.IndexOf('/', StringComparison.Ordinal) + 1)..];
        var role = new RoleRow(Ids.Entity("AROA"), name, "/service-role/", Trust, 3600, nowMs)
        {
            Description = "EC2 role for SSM for managed instances",
        };
        Roles.Insert(tx, scope, role);
        Attachments.Attach(tx, scope, role.Id, "arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore");
    }
}
