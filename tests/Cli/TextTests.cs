using Casement.Cli.Calls;
using Casement.Cli.Terminals;

namespace Casement.Cli.Tests;

public sealed class TextTests
{
    [Fact]
    public void A_json_call_becomes_the_aws_line_that_sends_the_same()
        => Assert.Equal(
            "aws ssm create-maintenance-window --name n --description 'it'\\''s' --schedule 'at(2027-01-01T00:00:00)' "
                + "--schedule-timezone UTC --duration 1 --cutoff 0 --no-allow-unassociated-targets",
            AwsLine.Of(
                "ssm", "CreateMaintenanceWindow",
                new CreateWindowRequest("n", "it's", "at(2027-01-01T00:00:00)", "UTC", 1, 0, AllowUnassociatedTargets: false),
                WireJson.Plain.CreateWindowRequest));

    [Fact]
    public void Structures_and_lists_stand_in_the_line_as_json()
        => Assert.Equal(
            "aws ssm describe-instance-information --filters '[{\"Key\":\"InstanceIds\",\"Values\":[\"mi-1\"]}]'",
            AwsLine.Of(
                "ssm", "DescribeInstanceInformation", new DescribeNodesRequest([new NodeFilter("InstanceIds", ["mi-1"])]),
                WireJson.Plain.DescribeNodesRequest));

    [Fact]
    public void A_query_call_becomes_its_line_and_true_a_bare_flag()
        => Assert.Equal(
            "aws iam create-policy-version --policy-arn arn:aws:iam::1:policy/p --set-as-default",
            AwsLine.Of("iam", "CreatePolicyVersion", [new("PolicyArn", "arn:aws:iam::1:policy/p"), new("SetAsDefault", "true")]));

    [Fact]
    public void An_xml_answer_is_read_whatever_its_namespace()
    {
        var reply = QueryReply.Parse(
            "<L xmlns='urn:x'><Versions><member><Id>v2</Id></member><member><Id>v1</Id></member></Versions><Id>last</Id></L>");

        Assert.Equal(["v2", "v1"], reply.Members("Versions").Select(member => member.Text("Id")!));
        Assert.Empty(reply.Members("Absent"));
        Assert.Null(reply.Text("Absent"));
    }

    [Fact]
    public void An_xml_answer_may_not_declare_entities()
        => Assert.Throws<System.Xml.XmlException>(() => QueryReply.Parse("<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>"));

    [Theory]
    [InlineData("<ErrorResponse xmlns='u'><Error><Type>Sender</Type><Code>NoSuchEntity</Code><Message>Gone.</Message></Error></ErrorResponse>", "NoSuchEntity", "Gone.")]
    [InlineData("{\"__type\":\"a#B\",\"Message\":\"m\"}", "B", "m")]
    [InlineData("<html><body>oops</body></html>", "HTTP 502", "The answer says no more.")]
    [InlineData("{\"__type\":", "HTTP 502", "The answer says no more.")]
    [InlineData("[1]", "HTTP 502", "The answer says no more.")]
    [InlineData("", "HTTP 502", "The answer says no more.")]
    public void An_error_is_read_from_either_protocol(string body, string code, string message)
    {
        var refusal = Refusals.Read(502, body);

        Assert.Equal((code, message), (refusal.Code, refusal.Message));
    }

    [Theory]
    [InlineData("abcdefghij", 10, "abcdefghij")]
    [InlineData("abcdefghijk", 10, "abcde…hijk")]
    [InlineData("abcdefghijk", 5, "ab…jk")]
    public void Long_names_are_cut_in_the_middle(string name, int width, string fitted)
        => Assert.Equal(fitted, PlainText.Fitted(name, width, utf8: true));

    [Fact]
    public void Only_the_named_column_of_a_table_is_cut()
    {
        string[][] rows = [["ID", "NAME"], ["mi-0123456789abcdef0", new string('n', 40)]];

        var lines = Table.Lines(rows, 1, new Look(false, true, 40)).ToList();

        Assert.StartsWith("mi-0123456789abcdef0  n", lines[1], StringComparison.Ordinal);
        Assert.Equal(40, lines[1].Length);
    }

    [Fact]
    public void Escape_sequences_of_others_lose_their_power()
        => Assert.Equal("a[31mb\tc\nd", PlainText.WithoutControls("a\e[31mb\tc\r\nd\u009b"));

    [Theory]
    [InlineData("LC_ALL=C LANG=en_US.UTF-8", false)]
    [InlineData("LC_ALL= LANG=de_DE.utf8", true)]
    [InlineData("", false)]
    public void The_first_locale_variable_that_is_set_decides_about_signs(string variables, bool utf8)
    {
        var set = variables.Split(' ', StringSplitOptions.RemoveEmptyEntries).ToDictionary(pair => pair.Split('=')[0], pair => pair.Split('=')[1]);

        Assert.Equal(utf8, Look.Of(99, "auto", name => set.GetValueOrDefault(name)).Utf8);
    }
}
