using CsCheck;

namespace Casement.Policies.Tests;

public sealed class MalformedDocumentTests
{
    private const string Syntax = "Syntax errors in policy.";
    private const string Legacy = "The policy failed legacy parsing";
    private const string Old = "Policy document must be version 2012-10-17 or greater.";
    private const string NoActions = "Policy statement must contain actions.";
    private const string NoResources = "Policy statement must contain resources.";
    private const string Vendor = "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.";

    private const string IamPath = "IAM resource path must either be \"*\" or start with user/, federated-user/, role/, "
        + "group/, instance-profile/, mfa/, server-certificate/, policy/, sms-mfa/, saml-provider/, oidc-provider/, "
        + "report/, access-report/.";

    public static TheoryData<string, string> Documents => new()
    {
        { "no json", Syntax },
        { "", Syntax },
        { "[]", Syntax },
        { "{}", Syntax },
        { """{"Version":"2012-10-17"}""", Syntax },
        { """{"Version":"2012-10-17","Statement":null}""", Syntax },
        { """{"Version":"2012-10-17","Statement":[]}""", Syntax },
        { """{"Version":"2012-10-17","Statement":["x"]}""", Syntax },
        { """{"Version":"2012-10-18","Statement":{"Effect":"Allow","Action":"a:b","Resource":"*"}}""", Syntax },
        { """{"Version":20121017,"Statement":{"Effect":"Allow","Action":"a:b","Resource":"*"}}""", Syntax },
        { """{"Version":"2012-10-17","Id":[],"Statement":{"Effect":"Allow","Action":"a:b","Resource":"*"}}""", Syntax },
        { """{"Version":"2012-10-17","Extra":1,"Statement":{"Effect":"Allow","Action":"a:b","Resource":"*"}}""", Syntax },
        { """{"Version":"2012-10-17","Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"a:b","Resource":"*"}}""", Syntax },
        { """{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"a:b","Resource":"*"}} trailing""", Syntax },
        { """{"Statement":{"Effect":"Allow","Action":"a:b","Resource":"*"}}""", Old },
        { """{"Version":"2008-10-17","Statement":{"Effect":"denY","Action":"a:b","Resource":"*"}}""", Old },
        { """{"Version":"2008-10-17","Statement":{"Effect":"Allow","Action":"a:b","Resource":"*","X":1}}""", Syntax },
    };

    /// <summary>The inside of a statement of version 2012-10-17, and the answer.</summary>
    public static TheoryData<string, string> Statements => new()
    {
        { """ "Effect":"Allow","Action":"a:b","Resource":"*","Extra":1 """, Syntax },
        { """ "Effect":"Allow","Effect":"Allow","Action":"a:b","Resource":"*" """, Syntax },
        { """ "Action":"a:b","Resource":"*" """, Syntax },
        { """ "Effect":"Maybe","Action":"a:b","Resource":"*" """, Syntax },
        { """ "Effect":["Allow"],"Action":"a:b","Resource":"*" """, Syntax },
        { """ "effect":"Allow","Action":"a:b","Resource":"*" """, Syntax },
        { """ "Sid":{},"Effect":"Allow","Action":"a:b","Resource":"*" """, Syntax },
        { """ "Sid":[],"Effect":"Allow","Action":"a:b","Resource":"*" """, Syntax },
        { """ "Effect":"Allow","Action":"a:b","NotAction":"a:c","Resource":"*" """, Syntax },
        { """ "Effect":"Allow","Action":[],"NotAction":"a:c","Resource":"*" """, Syntax },
        { """ "Effect":"Allow","Action":"a:b","Resource":"*","NotResource":[] """, Syntax },
        { """ "Effect":"Allow","Action":{},"Resource":"*" """, Syntax },
        { """ "Effect":"Allow","Action":[[]],"Resource":"*" """, Syntax },
        { """ "Effect":"Allow","Action":1,"Resource":"*" """, Syntax },
        { """ "Effect":"Allow","Action":"a:b","Resource":{"a":"*"} """, Syntax },
        { """ "Effect":"Allow","Action":"a:b","Resource":["bad",{}] """, Syntax },
        { """ "Effect":"Allow","Action":"a:b","Resource":"*","Condition":[] """, Syntax },
        { """ "Effect":"Allow","Action":"a:b","Resource":"*","Condition":"x" """, Syntax },
        { """ "Effect":"Allow","Action":"a:b","Resource":"*","Condition":{"a":"b"} """, Syntax },
        { """ "Effect":"Allow","Action":"a:b","Resource":"*","Condition":{"DateGreaterThan":[]} """, Syntax },
        { """ "Effect":"Allow","Action":"a:b","Resource":"*","Condition":{"DateGreaterThan":{"k":{}}} """, Syntax },
        { """ "Effect":"Allow","Action":"a:b","Resource":"*","Condition":{"StringEquals":{"k":[null]}} """, Syntax },
        { """ "Effect":"Allow","Action":"a:b","Resource":"*","Condition":{"Unknown":{"k":"v"}} """, Syntax },
        { """ "Effect":"Allow","Action":"a:b","Resource":"*","Condition":{"ForAnyValue::StringEquals":{"k":"v"}} """, Syntax },
        { """ "Effect":"Allow","Action":"a:b","Resource":"*","Condition":{"NullIfExists":{"k":"true"}} """, Syntax },
        { """ "Effect":"Allow","Action":"a:b","Resource":"*","Condition":{"Bool":{"k":"v","k":"w"}} """, Syntax },
        { """ "Effect":"Allow","Action":"a:b","Resource":"*","Condition":{"StringLike":{"k":"\ud800"}} """, Syntax },
        { """ "Effect":"Allow","Action":"a:b","Resource":"*","Condition":{"StringLike":{"k":"\uffff"}} """, Syntax },
        { """ "Effect":"denY","Action":"a:b","Resource":"*" """, Legacy },
        { """ "Effect":"allow","Resource":"arn:aws:s3:us-east-1::b" """, Legacy },
        { """ "Effect":"Allow","Action":"a:b","Resource":"*","Condition":{"DateLessThan":{"k":"soon"}} """, Legacy },
        { """ "Effect":"Allow","Condition":{"DateLessThan":{"k":"soon"}} """, Legacy },
        { """ "Effect":"Allow","Action":"a:b","Resource":"*","Condition":{"DateEquals":{"k":"234-13"}} """, Legacy },
        { """ "Effect":"Allow","Action":"a:b","Resource":"*","Condition":{"DateEquals":{"k":"2016-12-13t2:00:00.5+1"}} """, Legacy },
        { """ "Effect":"Allow","Action":"a:b","Resource":"*","Condition":{"DateEquals":{"k":"2016-12-13t2:00:00.1234567890Z"}} """, Legacy },
        { """ "Effect":"Allow","Action":"a:b","Resource":"*","Condition":{"DateEquals":{"k":"9223372036854775808"}} """, Legacy },
        { """ "Effect":"Allow","Action":"a:b","Resource":"arn:bad:s3:::b","Condition":{"DateEquals":{"k":"soon"}} """, Legacy },
        { """ "Effect":"Allow","Action":"a:b","Resource":"arn:aws:s3::b" """, Legacy },
        { """ "Effect":"Allow","Resource":"arn:aws:s3::b" """, Legacy },
        { """ "Effect":"Allow","Action":"a:b","NotResource":"arn:aws:s3::b" """, Legacy },
        { """ "Effect":"Allow","Action":"a:b","Resource":"arn:aws::::b" """, Legacy },
        { """ "Effect":"Allow","Action":"a:b","Resource":"arn:aws::x" """, Legacy },
        { """ "Effect":"Allow","Action":"a:b","Resource":"arn:aws:ssm:*:${aws:PrincipalAccount}:document/*" """, Legacy },
        { """ "Sid":"not-plain","Effect":"Allow","Action":"a:b","Resource":"*" """,
            "Statement IDs (SID) must be alpha-numeric. Check that your input satisfies the regular expression [0-9A-Za-z]*" },
        { """ "Effect":"Allow","Resource":"*" """, NoActions },
        { """ "Effect":"Allow" """, NoActions },
        { """ "Effect":"Allow","Action":[],"Resource":"*" """, NoActions },
        { """ "Effect":"Allow","Resource":"nonsense" """, NoActions },
        { """ "Effect":"Allow","Action":"nonsense","Resource":"nonsense" """, "Resource nonsense must be in ARN format or \"*\"." },
        { """ "Effect":"Allow","Action":"a:b","Resource":["*","nonsense"] """, "Resource nonsense must be in ARN format or \"*\"." },
        { """ "Effect":"Allow","Action":"a:b","Resource":"" """, "Resource  must be in ARN format or \"*\"." },
        { """ "Effect":"Allow","Action":"a:b","Resource":"a:other" """, "Partition \"other\" is not valid for resource \"arn:other:*:*:*:*\"." },
        { """ "Effect":"Allow","Action":"a:b","Resource":"a:b:c" """, "Partition \"b\" is not valid for resource \"arn:b:c:*:*:*\"." },
        { """ "Effect":"Allow","Action":"a:b","Resource":"a:b:c:d:e:f:g" """, "Partition \"b\" is not valid for resource \"arn:b:c:d:e:f:g\"." },
        { """ "Effect":"Allow","Action":"a:b","Resource":"aws:s3:::b" """, "Partition \"s3\" is not valid for resource \"arn:s3:::b:*\"." },
        { """ "Effect":"Allow","Action":"a:b","Resource":"s3::b/*" """, "Partition \"\" is not valid for resource \"arn::b/*:*:*:*\"." },
        { """ "Effect":"Allow","Action":"a:b","Resource":"arn:aws" """, "Resource vendor must be fully qualified and cannot contain regexes." },
        { """ "Effect":"Allow","Action":"a:b","Resource":"arn:aws:s*:::b" """, "Resource vendor must be fully qualified and cannot contain regexes." },
        { """ "Effect":"Allow","Action":"a:b","Resource":"arn:aws:iam:us-east-1::b" """, "IAM resource arn:aws:iam:us-east-1::b cannot contain region information." },
        { """ "Effect":"Allow","Action":"a:b","Resource":"arn:aws:s3:us-east-1::b" """, "Resource arn:aws:s3:us-east-1::b can not contain region information." },
        { """ "Effect":"Allow","Action":"a:b","Resource":"arn:aws:iam:::b" """, IamPath },
        { """ "Effect":"Allow","Action":"nonsense","Resource":"*" """, Vendor },
        { """ "Effect":"Allow","NotAction":"","Resource":"*" """, Vendor },
        { """ "Effect":"Allow","Action":"a:b:c","Resource":"*" """, "Actions/Condition can contain only one colon." },
        { """ "Effect":"Allow","Action":"a a:b","Resource":"*" """, "Vendor a a is not valid" },
        { """ "Effect":"Allow","Action":"s*:b","Resource":"*" """, "Vendor s* is not valid" },
        { """ "Effect":"Allow","Action":":b","Resource":"*" """, "Vendor  is not valid" },
        { """ "Effect":"Allow","Action":"nonsense" """, Vendor },
        { """ "Effect":"Allow","Action":"a:b" """, NoResources },
        { """ "Effect":"Allow","Action":"a:b","Resource":[] """, NoResources },
        { """ "Effect":"Allow","Action":"a:b","Resource":"*","Principal":"*" """, "Policy document should not specify a principal." },
    };

    public static TheoryData<string> Accepted => new()
    {
        """ "Effect":"Allow","Action":"iam: odd name ","Resource":"arn:aws:s3:::b" """,
        """ "Effect":"Allow","Action":"*","Resource":["arn:aws:s3:::b","*"] """,
        """ "Effect":"Deny","NotAction":"a-b.c:d","NotResource":["arn:aws:s3:::b/*"] """,
        """ "Effect":"Allow","Action":"a:b","Resource":"arn:aws:lonely" """,
        """ "Effect":"Allow","Action":"a:b","Resource":"arn:aws:ssm:*" """,
        """ "Effect":"Allow","Action":"a:b","Resource":"arn:aws:iam::*:user/${aws:username}" """,
        """ "Sid":"","Effect":"Allow","Action":"a:b","Resource":"*","Condition":{} """,
        """ "Effect":"Allow","Action":"a:b","Resource":"*","Condition":{"Unknown":{}} """,
        """ "Effect":"Allow","Action":"a:b","Resource":"*","Condition":{"DateLessThan":{"k":[]}} """,
        """ "Effect":"Allow","Action":"a:b","Resource":"*","Condition":{"DateLessThan":{"k":"01T"}} """,
        """ "Effect":"Allow","Action":"a:b","Resource":"*","Condition":{"DateLessThan":{"k":"-292275054"}} """,
        """ "Effect":"Allow","Action":"a:b","Resource":"*","Condition":{"DateLessThan":{"k":"2016-12-13t2:00:00.593194+23"}} """,
        """ "Effect":"Allow","Action":"a:b","Resource":"*","Condition":{"NumericLessThan":{"k":[1,2.5]},"Bool":{"k":true}} """,
        """ "Effect":"Allow","Action":"a:b","Resource":"*","Condition":{"foranyvalue:stringequalsifexists":{"k":"v"}} """,
    };

    [Theory]
    [MemberData(nameof(Documents))]
    public void A_document_of_the_wrong_shape_or_version_is_refused_in_IAMs_words(string json, string message)
    {
        Assert.False(PolicyDocument.TryParse(json, PolicyKind.Managed, out _, out var fault));
        Assert.Equal(message, fault.Message);
        Assert.NotEmpty(fault.Detail);
    }

    [Theory]
    [MemberData(nameof(Statements))]
    public void The_first_fault_of_a_statement_in_IAMs_order_is_the_one_that_is_said(string inside, string message)
    {
        Assert.False(PolicyDocument.TryParse(Given.Document($"{{{inside}}}"), PolicyKind.Managed, out _, out var fault));
        Assert.Equal(message, fault.Message);
        Assert.NotEmpty(fault.Detail);
    }

    [Theory]
    [MemberData(nameof(Accepted))]
    public void What_IAM_takes_is_taken(string inside) =>
        Assert.Single(Given.Parsed(Given.Document($"{{{inside}}}"), PolicyKind.Managed).Statements);

    [Theory]
    [InlineData(PolicyKind.Managed, false)]
    [InlineData(PolicyKind.Boundary, false)]
    [InlineData(PolicyKind.Inline, true)]
    [InlineData(PolicyKind.Session, true)]
    public void Only_managed_policies_and_boundaries_must_be_of_the_newer_version(PolicyKind kind, bool isTaken)
    {
        var json = """{"Statement":{"Effect":"Allow","Action":"a:b","Resource":"*"}}""";
        Assert.Equal(isTaken, PolicyDocument.TryParse(json, kind, out _, out _));
    }

    [Fact]
    public void Statement_ids_are_unique_but_empty_ones_may_repeat()
    {
        var named = """{"Sid":"A","Effect":"Allow","Action":"a:b","Resource":"*"}""";
        var unnamed = """{"Sid":"","Effect":"Allow","Action":"a:b","Resource":"*"}""";
        Assert.False(PolicyDocument.TryParse(Given.Document(named, named), PolicyKind.Managed, out _, out var fault));
        Assert.Equal("Statement IDs (SID) in a single policy must be unique.", fault.Message);
        Assert.Equal(2, Given.Parsed(Given.Document(unnamed, unnamed), PolicyKind.Managed).Statements.Count);
    }

    [Theory]
    [InlineData("nonsense", "This policy contains invalid Json")]
    [InlineData("""{"Statement":{"Effect":"Allow","Principal":"*","Action":"sts:AssumeRole","Resource":"*"}}""", "Has prohibited field Resource.")]
    [InlineData("""{"Statement":{"Effect":"Allow","Principal":"*","Action":"ssm:SendCommand"}}""",
        "Trust Policy statement actions can only be sts:AssumeRole, sts:AssumeRoleWithSAML,  and sts:AssumeRoleWithWebIdentity")]
    [InlineData("""{"Statement":{"Effect":"Allow","Action":"sts:AssumeRole"}}""", "Missing required field Principal")]
    [InlineData("""{"Statement":{"Effect":"Allow","Principal":{},"Action":"sts:AssumeRole"}}""", "Missing required field Principal cannot be empty!")]
    [InlineData("""{"Statement":{"Effect":"Deny","NotPrincipal":"*","Action":"sts:AssumeRole"}}""", "Has prohibited field NotPrincipal.")]
    [InlineData("""{"Statement":{"Effect":"Allow","Principal":"x","Action":"sts:AssumeRole"}}""", Syntax)]
    [InlineData("""{"Statement":{"Effect":"Allow","Principal":{"Group":"x"},"Action":"sts:AssumeRole"}}""", Syntax)]
    [InlineData("""{"Statement":{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:group/g"},"Action":"sts:AssumeRole"}}""",
        "Invalid principal in policy: \"AWS\":\"arn:aws:iam::111122223333:group/g\"")]
    [InlineData("""{"Statement":{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:user/*"},"Action":"sts:AssumeRole"}}""",
        "Invalid principal in policy: \"AWS\":\"arn:aws:iam::111122223333:user/*\"")]
    [InlineData("""{"Statement":{"Effect":"Allow","Principal":{"Service":"ssm"},"Action":"sts:AssumeRole"}}""",
        "Invalid principal in policy: \"SERVICE\":\"ssm\"")]
    public void A_trust_policy_has_faults_of_its_own(string json, string message)
    {
        Assert.False(PolicyDocument.TryParse(json, PolicyKind.Trust, out _, out var fault));
        Assert.Equal(message, fault.Message);
    }

    [Theory]
    [InlineData("""{"AWS":["111122223333","arn:aws:iam::111122223333:root","arn:aws:iam::111122223333:role/a/b/c"]}""")]
    [InlineData("""{"AWS":["arn:aws:sts::111122223333:assumed-role/r/s","arn:aws:sts::111122223333:federated-user/f"]}""")]
    [InlineData("""{"AWS":"AROAEXAMPLEDEPLOY0001","Service":["ssm.amazonaws.com","ec2.amazonaws.com"]}""")]
    [InlineData("""{"Federated":["arn:aws:iam::111122223333:saml-provider/x","accounts.google.com"]}""")]
    [InlineData("\"*\"")]
    public void A_trust_policy_may_name_every_form_of_principal(string principal)
    {
        var json = $$$"""{"Statement":{"Effect":"Allow","Principal":{{{principal}}},"Action":"sts:AssumeRole"}}""";
        Assert.NotEmpty(Given.Parsed(json, PolicyKind.Trust).Principals);
    }

    [Theory]
    [InlineData("""{"Statement":{"Effect":"Allow","Action":"sns:Publish","Resource":"*"}}""", "Missing required field Principal")]
    [InlineData("""{"Statement":{"Effect":"Allow","Principal":"*","Action":"sns:Publish"}}""", NoResources)]
    [InlineData("""{"Statement":{"Effect":"Allow","NotPrincipal":{"AWS":"111122223333"},"Action":"sns:Publish","Resource":"*"}}""",
        "Has prohibited field NotPrincipal.")]
    public void A_resource_policy_says_who_and_what(string json, string message)
    {
        Assert.False(PolicyDocument.TryParse(json, PolicyKind.Resource, out _, out var fault));
        Assert.Equal(message, fault.Message);
    }

    [Fact]
    public void Deep_nesting_and_long_texts_are_refused_before_they_cost_anything()
    {
        var deep = $$"""{"Statement":{{new string('[', 100_000)}}""";
        Assert.False(PolicyDocument.TryParse(deep, PolicyKind.Inline, out _, out var fault));
        Assert.Equal(Syntax, fault.Message);
        Assert.False(PolicyDocument.TryParse(new string(' ', PolicyDocument.LengthMax + 1), PolicyKind.Inline, out _, out fault));
        Assert.Contains("at most 1048576", fault.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void No_damaged_document_is_more_than_refused()
    {
        var sound = Given.Document(
            Given.Statement("Allow", "ssm:*", "arn:aws:ssm:*:1:x/${aws:username, 'y'}",
                Given.Condition("ForAnyValue:DateLessThanIfExists", "k", "[\"2026-11-24T00:00:00Z\",5]")),
            """{"Effect":"Deny","NotAction":["a:b"],"NotResource":"*","Principal":{"AWS":["*"]}}""");
        var refused = 0;
        Gen.Select(Gen.Int[0, sound.Length - 1], Gen.Int[0, 12], Gen.String[Gen.Char["{}[]\",:*?$\\u0d8'-T1"], 0, 6])
            .Sample(
                damage =>
                {
                    var (at, cut, put) = damage;
                    var json = string.Concat(sound.AsSpan(0, at), put, sound.AsSpan(Math.Min(sound.Length, at + cut)));
                    foreach (var kind in Enum.GetValues<PolicyKind>())
                    {
                        if (!PolicyDocument.TryParse(json, kind, out _, out var fault))
                        {
                            Assert.NotEmpty(fault.Message);
                            Interlocked.Increment(ref refused);
                        }
                    }
                },
                iter: 5_000);
        Assert.True(refused > 1_000);
    }

    [Fact]
    public void A_fault_says_where_it_is()
    {
        var json = "{\n \"Version\":\"2012-10-17\",\n \"Statement\":[\n  {\"Effect\":\"Allow\",\"Acton\":\"a:b\"}]}";
        Assert.False(PolicyDocument.TryParse(json, PolicyKind.Inline, out _, out var fault));
        Assert.Equal(4, fault.Position!.Value.Line);
        Assert.Contains("'Acton'", fault.Detail, StringComparison.Ordinal);
    }
}
