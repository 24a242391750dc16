using System.Text;
using System.Xml.Linq;
using Casement.Aws.Wire;

namespace Casement.Aws.Tests.Wire;

public sealed class QueryWireTests
{
    private static readonly XNamespace Space = "https://example.com/doc/";

    [Fact]
    public void Parameters_are_decoded_in_order()
    {
        var parameters = Parse("Action=ListRoles&Version=2010-05-08&&Path=%2fa+b%C3%A9&Bare");

        Assert.Equal(["Action", "Version", "Path", "Bare"], parameters.Select(pair => pair.Key));
        Assert.Equal("/a bé", parameters.Find("Path"));
        Assert.Equal("", parameters.Find("Bare"));
        Assert.Null(parameters.Find("action"));
    }

    [Theory]
    [InlineData("a=%")]
    [InlineData("a=%4")]
    [InlineData("a=%zz")]
    [InlineData("a=%ff")]
    [InlineData("a=1&a=1")]
    [InlineData("a=1&%61=2")]
    public void A_bad_escape_bad_utf8_or_a_repeated_name_is_refused(string form)
        => Assert.Equal("MalformedQueryString", Assert.Throws<AwsException>(() => Parse(form)).Code);

    [Fact]
    public void Lists_maps_and_structures_are_read_from_their_dotted_names()
    {
        var read = Read("Text=t&Flag=true&Count=-3&At=2026-03-01T12%3A00%3A00Z&Payload=AAE%3D&Names.member.2=b"
            + "&Names.member.10=c&Names.member.1=a&Pairs.member.1.key=k&Pairs.member.1.Value=v&Nested.Nested.Text=deep"
            + "&Labels.entry.1.key=a&Labels.entry.1.value=1&Parameters.entry.1.key=p&Parameters.entry.1.value.member.1=x"
            + "&Attributes.entry.1.Name=n&Attributes.entry.1.Value.Value=v&Unknown.member.x=1");

        Assert.Equal(("t", true, -3), (read.Text, read.Flag, read.Count));
        Assert.Equal(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero), read.At);
        Assert.Equal<byte>([0, 1], read.Payload!);
        Assert.Equal(["a", "b", "c"], read.Names!);
        Assert.Equal(new Pair { Key = "k", Value = "v" }, Assert.Single(read.Pairs!));
        Assert.Equal("deep", read.Nested?.Nested?.Text);
        Assert.Equal("1", read.Labels?["a"]);
        Assert.Equal(["x"], read.Parameters!["p"]);
        Assert.Equal("v", read.Attributes?["n"].Value);
        Assert.Null(read.Big);
    }

    [Fact]
    public void A_bare_name_is_an_empty_list_and_an_empty_text()
    {
        var read = Read("Names=&Labels=&Text=");

        Assert.Empty(read.Names!);
        Assert.Empty(read.Labels!);
        Assert.Equal("", read.Text);
    }

    [Theory]
    [InlineData("Count=x", "MalformedInput", "Value 'x' at 'Count' is not an integer.")]
    [InlineData("Count=2.0", "MalformedInput", "Value '2.0' at 'Count' is not an integer.")]
    [InlineData("Flag=True", "MalformedInput", "Value 'True' at 'Flag' is not true or false.")]
    [InlineData("At=1557593493", "MalformedInput", "Value '1557593493' at 'At' is not an ISO 8601 instant.")]
    [InlineData("Payload=%25", "MalformedInput", "Value '%' at 'Payload' is not base64.")]
    [InlineData("Nested.Numbers.member.1=a", "MalformedInput", "Value 'a' at 'Nested.Numbers.member.1' is not an integer.")]
    [InlineData("Names=a", "MalformedInput", "'Names' is written as 'Names.member.1'.")]
    [InlineData("Names.1=a", "MalformedInput", "'Names' is written as 'Names.member.1'.")]
    [InlineData("Text.a=1", "MalformedInput", "'Text' is a single value, not a list or structure.")]
    [InlineData("Labels.entry.1.value=1", "MalformedInput", "An entry of 'Labels' has no key.")]
    [InlineData("Labels.entry.1.key=k", "MalformedInput", "The entry 'k' of 'Labels' has no value.")]
    [InlineData("Pairs.member.1=", "MalformedInput", "'Pairs.member.1' is a structure and needs members.")]
    [InlineData("Names.member.0=a", "MalformedQueryString", "items are numbered from 1.")]
    [InlineData("Names.member.01=a", "MalformedQueryString", "items are numbered from 1.")]
    [InlineData("Names.member.x=a", "MalformedQueryString", "items are numbered from 1.")]
    public void What_has_the_wrong_form_is_refused_by_name(string form, string code, string text)
    {
        var fault = Assert.Throws<AwsException>(() => Read(form));

        Assert.Equal(code, fault.Code);
        Assert.Contains(text, fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_reply_wraps_its_result_and_an_empty_record_still_has_one()
    {
        Assert.Equal("""<DoResponse xmlns="https://example.com/doc/"><DoResult><Text>t</Text><Flag>true</Flag><Names><member>a</member></Names></DoResult><ResponseMetadata><RequestId>id-1</RequestId></ResponseMetadata></DoResponse>""",
            Written.Xml(new Everything { Text = "t", Flag = true, Names = ["a"] }));
        Assert.Contains("<DoResult></DoResult>", Written.Xml(new Everything()), StringComparison.Ordinal);
        Assert.DoesNotContain("DoResult", Written.Xml(null), StringComparison.Ordinal);
    }

    [Fact]
    public void Maps_and_instants_have_their_xml_form()
    {
        var reply = new Everything
        {
            At = new DateTimeOffset(2026, 3, 1, 14, 0, 0, TimeSpan.FromHours(2)),
            Labels = new Dictionary<string, string> { ["k"] = "v" },
        };

        Assert.Contains("<At>2026-03-01T12:00:00Z</At><Labels><entry><key>k</key><value>v</value></entry></Labels>",
            Written.Xml(reply), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a<b>&\"c\"\r\n\t é 𝒜", "a<b>&\"c\"\r\n\t é 𝒜")]
    [InlineData("nul\0esc\u001b\uffff", "nul\uFFFDesc\uFFFD\uFFFD")]
    public void Any_text_survives_an_xml_reader_but_what_xml_cannot_hold(string text, string read)
    {
        var xml = XDocument.Parse(Written.Xml(new Everything { Text = text }));

        Assert.Equal(read, xml.Root!.Element(Space + "DoResult")!.Element(Space + "Text")!.Value);
    }

    [Fact]
    public void Every_generated_record_is_well_formed_xml_with_its_lists_whole()
    {
        CsCheck.Check.Sample(JsonWireTests.Records, record =>
        {
            var result = XDocument.Parse(Written.Xml(record), LoadOptions.PreserveWhitespace).Root!.Element(Space + "DoResult")!;
            Assert.Equal(record.Names, result.Element(Space + "Names")?.Elements().Select(element => element.Value));
            Assert.Equal(record.Text, result.Element(Space + "Text")?.Value);
        }, iter: 500);
    }

    [Theory]
    [InlineData(404, "Sender")]
    [InlineData(500, "Receiver")]
    public void An_error_says_whose_fault_it_is(int status, string type)
        => Assert.Equal($"""<ErrorResponse xmlns="https://example.com/doc/"><Error><Type>{type}</Type><Code>NoSuchEntity</Code><Message>The role with name a&amp;b cannot be found.</Message></Error><RequestId>id-1</RequestId></ErrorResponse>""",
            Written.By(output => QueryWire.WriteError(
                output,
                new AwsException("NoSuchEntity", "The role with name a&b cannot be found.", status),
                Space.NamespaceName,
                "id-1")));

    private static QueryParameters Parse(string form) => QueryWire.Parse(Encoding.UTF8.GetBytes(form));

    private static Everything Read(string form) => (Everything)QueryWire.Read(typeof(Everything), Parse(form));
}
