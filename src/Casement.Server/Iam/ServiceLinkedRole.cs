using Casement.Aws;
using Casement.Policies;
using Casement.Server.Operations;
using Casement.Storage;

namespace Casement.Server.Iam;

/// <summary>
/// The role that Systems Manager acts as where a task names none. It is made on first need, with the permission of the caller
/// who needs it: <see cref="Demand"/> before the unit of work, <see cref="Ensure"/> inside it.
/// </summary>
public static class ServiceLinkedRole
{
    public const string Service = "ssm.amazonaws.com";
    public const string Name = "AWSServiceRoleForAmazonSSM";

    private const string Path = Entities.ServiceLinkedPath + Service + "/";
    private const string Policy = "arn:aws:iam::aws:policy/aws-service-role/AmazonSSMServiceRolePolicy";
    private const string Description = "Provides access to AWS Resources managed or used by Amazon SSM.";
    private const string Trust =
        """{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"ssm.amazonaws.com"},"Action":"sts:AssumeRole"}]}""";

    /// <summary>Whether an ARN is that of this role in an account.</summary>
    public static bool IsArn(string arn, string account) => arn == ArnIn(account);

    public static string ArnIn(string account) => Entities.Arn(account, EntityKind.Role, Path, Name);

    /// <summary>Asks for <c>iam:CreateServiceLinkedRole</c> if the role is not there yet.</summary>
    /// <exception cref="AwsException">AccessDenied in the protocol of the caller's operation; recorded.</exception>
    public static async Task Demand(Call call)
    {
        ArgumentNullException.ThrowIfNull(call);
        if (call.Read(tx => Find(tx, call.Scope)) is null)
        {
            await call.Authorize(ToCreate(call, Service));
        }
    }

    /// <summary>The role's ARN, after making the role if it is not there.</summary>
    /// <exception cref="AwsException">AccessDenied, when the role went away after <see cref="Demand"/> saw it.</exception>
    public static string Ensure(Tx tx, Call call)
    {
        ArgumentNullException.ThrowIfNull(call);
        if (Find(tx, call.Scope) is null)
        {
            var access = ToCreate(call, Service);
            var decision = call.Backstage.Authorizer.Ask(call, access);
            if (!decision.IsAllowed)
            {
                var text = DenialText.For(decision, call.Principal.Arn, access.Action, access.Resource);
                throw new AuthFault.Denied(text).ToException(call.Operation.Service.Protocol);
            }

            Insert(tx, call, null);
            call.Backstage.Credentials.Versions.Touch(tx, call.Scope);
        }

        return ArnIn(call.Scope.Account);
    }

    internal static Access ToCreate(Call call, string? service) => service is null
        ? IamAccess.Account("iam:CreateServiceLinkedRole")
        : new Access(
            "iam:CreateServiceLinkedRole",
            service == Service
                ? ArnIn(call.Scope.Account)
                : Entities.Arn(call.Scope.Account, EntityKind.Role, $"{Entities.ServiceLinkedPath}{service}/", "*"))
        {
            Keys = [KeyValuePair.Create("iam:AWSServiceName", service)],
        };

    internal static RoleRow? Find(Tx tx, Scope scope) => Roles.ByName(tx, scope, Name);

    internal static RoleRow Insert(Tx tx, Call call, string? description)
    {
        var role = new RoleRow(Ids.Entity("AROA"), Name, Path, Trust, 3600, call.NowMs) { Description = description ?? Description };
        Roles.Insert(tx, call.Scope, role);
        Attachments.Attach(tx, call.Scope, role.Id, Policy);
        return role;
    }
}
