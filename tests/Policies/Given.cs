namespace Casement.Policies.Tests;

/// <summary>Short ways to the values that the tests of this folder are about.</summary>
internal static class Given
{
    public const string Account = "111122223333";
    public const string UserArn = "arn:aws:iam::111122223333:user/alice";
    public const string RoleArn = "arn:aws:iam::111122223333:role/ops/Deployer";
    public const string SessionArn = "arn:aws:sts::111122223333:assumed-role/Deployer/run";
    public const string FederatedArn = "arn:aws:sts::111122223333:federated-user/temp";
    public const string Window = "arn:aws:ssm:us-east-2:111122223333:maintenancewindow/mw-0c50858d01EXAMPLE";
    public const string Topic = "arn:aws:sns:us-east-2:111122223333:ops";

    public static readonly PrincipalIdentity User = new PrincipalIdentity.User(Account, UserArn, "AIDAEXAMPLEALICE00001");
    public static readonly PrincipalIdentity Session =
        new PrincipalIdentity.RoleSession(Account, RoleArn, "AROAEXAMPLEDEPLOY0001", SessionArn);

    public static readonly PrincipalIdentity Federated =
        new PrincipalIdentity.FederatedSession(Account, FederatedArn, UserArn, "AIDAEXAMPLEALICE00001");

    public static readonly PrincipalIdentity Root = new PrincipalIdentity.Root(Account);

    public static string Document(params string[] statements) =>
        $$"""{"Version":"2012-10-17","Statement":[{{string.Join(',', statements)}}]}""";

    public static string Statement(string effect, string action, string resource = "*", string more = "") =>
        $$"""{"Effect":"{{effect}}","Action":"{{action}}","Resource":"{{resource}}"{{more}}}""";

    public static string Condition(string op, string key, string valuesJson) =>
        $$$""","Condition":{"{{{op}}}":{"{{{key}}}":{{{valuesJson}}}}}""";

    public static PolicyDocument Parsed(string json, PolicyKind kind = PolicyKind.Inline) =>
        PolicyDocument.TryParse(json, kind, out var doc, out var fault)
            ? doc
            : throw new InvalidOperationException($"{fault.Message} {fault.Detail} {json}");

    public static AttachedPolicy Attached(string json, string name = "p") =>
        new(new PolicySource.Inline(name, new PolicyHolder(HolderKind.User, "alice")), Parsed(json));

    public static AttachedPolicy Managed(string json, string arn = "arn:aws:iam::111122223333:policy/m") =>
        new(new PolicySource.Managed(arn, new PolicyHolder(HolderKind.User, "alice")), Parsed(json, PolicyKind.Managed));

    public static PrincipalPolicies UserWith(params string[] statements) =>
        new(User, [Attached(Document(statements))]);

    public static ConditionContext Context(params (string Key, string Value)[] keys)
    {
        var context = new ConditionContext();
        foreach (var (key, value) in keys)
        {
            context.Add(key, value);
        }

        return context;
    }

    public static AccessRequest Request(string action, string resource, ConditionContext? context = null) =>
        new(action, resource, context ?? ConditionContext.Empty);

    public static bool IsAllowed(string statement, string action, string resource, ConditionContext? context = null) =>
        Evaluator.Decide(Request(action, resource, context), UserWith(statement)).IsAllowed;
}
