using Casement.Tests.PolicyOracle;

namespace Casement.Policies.Tests;

/// <summary>The words that random questions are made of: few, so that they meet.</summary>
internal static class AskWords
{
    public const string Own = "111122223333";
    public const string Foreign = "444455556666";

    public static readonly Asker Alice = new(
        AskerKind.User, Own, "arn:aws:iam::111122223333:user/alice", "AIDAEXAMPLEALICE00001");

    public static readonly Asker Session = new(
        AskerKind.RoleSession, Own, "arn:aws:sts::111122223333:assumed-role/Deployer/run", "",
        "arn:aws:iam::111122223333:role/ops/Deployer", "AROAEXAMPLEDEPLOY0001");

    public static readonly Asker Guest = new(
        AskerKind.FederatedSession, Own, "arn:aws:sts::111122223333:federated-user/temp", "", Alice.Arn, Alice.Id);

    public static readonly string[] Actions =
    [
        "ssm:GetParameter", "ssm:GetParameters", "ssm:PutParameter", "ssm:SendCommand", "sns:Publish", "sns:Subscribe",
        "s3:GetObject", "iam:PassRole", "iam:GetRole", "sts:GetSessionToken", "sts:GetCallerIdentity", "sts:AssumeRole",
    ];

    public static readonly string[] TrustActions =
        ["sts:AssumeRole", "sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity", "sts:GetSessionToken"];

    public static readonly string[] Resources =
    [
        "arn:aws:ssm:us-east-1:111122223333:parameter/app/alice/key", "arn:aws:ssm:us-east-2:111122223333:document/Doc:1",
        "arn:aws:ssm:us-east-1:111122223333:*", "arn:aws:ssm:us-east-1:444455556666:parameter/app/alice/key",
        "arn:aws:sns:us-east-1:111122223333:ops", "arn:aws:sns:us-east-1:444455556666:ops", "arn:aws:s3:::bucket/a:b/r*d?/😀",
        "arn:aws:s3:::bucket/alice/home", "arn:aws:iam::111122223333:role/ops/Deployer", "arn:aws:ssm:us-east-1:111122223333:", "*",
        "arn:aws:ssm:us-east-1",
    ];

    public static readonly string[] Roles =
    [
        "arn:aws:iam::111122223333:role/ops/Deployer", "arn:aws:iam::111122223333:role/Backup",
        "arn:aws:iam::444455556666:role/There",
    ];

    /// <summary>All can stand for <c>alice</c>, or for nothing.</summary>
    public static readonly string[] Variables =
        ["${aws:username}", "${AWS:UserName}", "${aws:username, 'alice'}", "${aws:PrincipalTag/team, 'alice'}", "${aws:TagKeys}", "${nothing}", "${aws:PrincipalTag/team}"];

    public static readonly (string Type, string Value)[] Principals =
    [
        ("AWS", "*"), ("AWS", Own), ("AWS", "arn:aws:iam::111122223333:root"), ("AWS", Foreign), ("AWS", Alice.Arn),
        ("AWS", "arn:aws:iam::111122223333:user/Alice"), ("AWS", Session.Arn), ("AWS", Session.OriginArn), ("AWS", Guest.Arn),
        ("AWS", "arn:aws:iam::111122223333:user/alice:root"), ("AWS", Session.OriginId), ("Service", "ssm.amazonaws.com"),
        ("Service", "sns.amazonaws.com"), ("Federated", "accounts.example.com"),
    ];

    public static List<(string Type, string Value)> NamesOf(Asker asker)
    {
        List<(string Type, string Value)> names = asker.Kind switch
        {
            AskerKind.Service => [("Service", asker.Arn), ("Service", asker.Arn.ToUpperInvariant())],
            AskerKind.Provider => [("Federated", asker.Arn)],
            _ => [("AWS", asker.Arn), ("AWS", asker.Id), ("AWS", asker.OriginArn), ("AWS", asker.OriginId), ("AWS", asker.Account)],
        };
        if (asker.Account.Length > 0)
        {
            names.Add(("AWS", $"arn:aws:iam::{asker.Account}:root"));
        }

        names.RemoveAll(n => n.Value.Length == 0);
        return names;
    }
}
