using System.Text;
using System.Text.Json;
using Casement.Aws.Wire;
using CsCheck;

namespace Casement.Aws.Tests.Wire;

public sealed class JsonWireTests
{
    [Theory]
    [InlineData("""{"Count":2}""", 2)]
    [InlineData("""{"Count":2.0}""", 2)]
    [InlineData("""{"Count":2e1}""", 20)]
    [InlineData("""{"Count":1,"Count":3}""", 3)]
    [InlineData("""{"Count":-2147483648}""", int.MinValue)]
    [InlineData("""{"Count":1,"Count":null}""", null)]
    [InlineData("""{"count":1,"Other":[{"Count":5}],"Nested":{"Count":7}}""", null)]
    public void An_integer_is_a_whole_number_under_its_exact_name(string json, int? count)
        => Assert.Equal(count, Read(json).Count);

    [Theory]
    [InlineData("""{"Count":"2"}""", "STRING_VALUE can not be converted to an Integer at 'Count'")]
    [InlineData("""{"Count":2.5}""", "NUMBER_VALUE can not be converted to an Integer at 'Count'")]
    [InlineData("""{"Count":2147483648}""", "NUMBER_VALUE can not be converted to an Integer at 'Count'")]
    [InlineData("""{"Big":9223372036854775808}""", "NUMBER_VALUE can not be converted to a Long at 'Big'")]
    [InlineData("""{"Big":1e400}""", "NUMBER_VALUE can not be converted to a Long at 'Big'")]
    [InlineData("""{"Ratio":1e400}""", "NUMBER_VALUE can not be converted to a Double at 'Ratio'")]
    [InlineData("""{"Text":2}""", "NUMBER_VALUE can not be converted to a String at 'Text'")]
    [InlineData("""{"Flag":"true"}""", "STRING_VALUE can not be converted to a Boolean at 'Flag'")]
    [InlineData("""{"Names":"a"}""", "STRING_VALUE can not be converted to a List at 'Names'")]
    [InlineData("""{"Names":["a",1]}""", "NUMBER_VALUE can not be converted to a String at 'Names[1]'")]
    [InlineData("""{"Names":[null]}""", "NULL_VALUE is not allowed in a list or map at 'Names[0]'")]
    [InlineData("""{"Labels":{"k":null}}""", "NULL_VALUE is not allowed in a list or map at 'Labels.k'")]
    [InlineData("""{"Nested":[]}""", "Start of list can not be converted to a Structure at 'Nested'")]
    [InlineData("""{"Nested":{"Pairs":[{"key":{}}]}}""", "Start of structure or map can not be converted to a String at 'Nested.Pairs[0].key'")]
    [InlineData("""{"Payload":"%%"}""", "STRING_VALUE can not be converted to a Blob: it is not base64 at 'Payload'")]
    [InlineData("""{"At":"soon"}""", "STRING_VALUE can not be converted to a Timestamp at 'At'")]
    [InlineData("""{"At":1e20}""", "NUMBER_VALUE can not be converted to a Timestamp at 'At'")]
    [InlineData("[]", "The request body must be a JSON object")]
    [InlineData("{} {}", "not valid JSON")]
    [InlineData("", "not valid JSON")]
    [InlineData("""{"Text":"a" """, "not valid JSON")]
    [InlineData("""{"Text":"\ud800"}""", "not valid Unicode")]
    public void What_has_the_wrong_form_is_a_serialization_exception_that_names_the_place(string json, string text)
    {
        var fault = Assert.Throws<AwsException>(() => Read(json));

        Assert.Equal(("SerializationException", 400), (fault.Code, fault.Status));
        Assert.Contains(text, fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(31, true)]
    [InlineData(32, false)]
    public void A_body_nests_at_most_thirty_two_deep(int inner, bool accepted)
    {
        var json = string.Concat(Enumerable.Repeat("""{"Nested":""", inner)) + "{}" + new string('}', inner);

        Assert.Equal(accepted, Record.Exception(() => Read(json)) is null);
    }

    [Theory]
    [InlineData("1796083200", 1796083200000)]
    [InlineData("1557593493.096", 1557593493096)]
    [InlineData("1.557593493096E9", 1557593493096)]
    [InlineData("\"2019-05-11T16:51:33.096Z\"", 1557593493096)]
    [InlineData("\"2019-05-11T18:51:33.096+02:00\"", 1557593493096)]
    [InlineData("\"2019-05-11T16:51:33\"", 1557593493000)]
    [InlineData("\"2019-05-11\"", 1557532800000)]
    public void An_instant_may_come_as_number_or_text(string value, long milliseconds)
        => Assert.Equal(DateTimeOffset.FromUnixTimeMilliseconds(milliseconds), Read($$"""{"At":{{value}}}""").At);

    [Theory]
    [InlineData(1557593493096, "1557593493.096")]
    [InlineData(1557593493100, "1557593493.1")]
    [InlineData(1557593493000, "1557593493")]
    [InlineData(-500, "-0.5")]
    public void An_instant_is_written_as_plain_seconds(long milliseconds, string text)
        => Assert.Equal($$"""{"At":{{text}}}""",
            Written.Json(new Everything { At = DateTimeOffset.FromUnixTimeMilliseconds(milliseconds) }));

    [Fact]
    public void Absent_members_are_left_out_and_empty_ones_are_not()
    {
        Assert.Equal("{}", Written.Json(new Everything()));
        Assert.Equal("""{"Text":"","Flag":false,"Names":[],"Labels":{},"Payload":"","Nested":{}}""", Written.Json(
            new Everything
            {
                Text = "", Flag = false, Names = [], Labels = new Dictionary<string, string>(), Payload = [], Nested = new(),
            }));
    }

    [Fact]
    public void Wire_names_and_text_are_written_as_they_are()
        => Assert.Equal("""{"Pairs":[{"key":"é<&>","Value":"\"\\\n"}]}""",
            Written.Json(new Everything { Pairs = [new() { Key = "é<&>", Value = "\"\\\n" }] }));

    [Fact]
    public void Any_record_comes_back_as_it_was_written()
        => Records.Sample(record => Assert.Equal(Written.Json(record), Written.Json(Read(Written.Json(record)))), iter: 1000);

    [Fact]
    public void The_records_reach_every_member_and_its_absence()
    {
        var seen = new HashSet<string>();
        Records.Sample(record =>
        {
            using var json = JsonDocument.Parse(Written.Json(record));
            foreach (var property in typeof(Everything).GetProperties())
            {
                seen.Add(property.Name + json.RootElement.TryGetProperty(property.Name, out _));
            }
        }, iter: 1000, threads: 1);

        Assert.Equal(2 * typeof(Everything).GetProperties().Length, seen.Count);
    }

    [Fact]
    public void An_error_has_its_type_and_exactly_one_message()
    {
        var error = new AwsException("DoesNotExistException", "Maintenance window mw-1 does not exist");

        Assert.Equal("""{"__type":"DoesNotExistException","Message":"Maintenance window mw-1 does not exist"}""",
            Written.By(output => JsonWire.WriteError(output, error, messageUpperCase: true)));
        Assert.Equal("""{"__type":"DoesNotExistException","message":"Maintenance window mw-1 does not exist"}""",
            Written.By(output => JsonWire.WriteError(output, error, messageUpperCase: false)));
    }

    [Fact]
    public void Audit_sees_that_a_sensitive_member_was_there_but_not_its_value()
        => Assert.Equal("""{"Name":"n","Description":"HIDDEN_DUE_TO_SECURITY_REASONS","Item":{"Code":"c"}}""",
            Written.By(output => JsonWire.WriteRedacted(
                output, new Secretive { Name = "n", Description = "secret", Item = new() { Code = "c" } })));

    internal static Gen<Everything> Records { get; } =
        from text in Gen.Null(Gen.String.AlphaNumeric)
        from flag in Gen.Nullable(Gen.Bool)
        from count in Gen.Nullable(Gen.Int)
        from big in Gen.Nullable(Gen.Long)
        from ratio in Gen.Nullable(Gen.Double[-1e9, 1e9])
        from exact in Gen.Nullable(Gen.Decimal[-1000, 1000])
        from at in Gen.Nullable(Gen.Long[0, 4_000_000_000_000].Select(DateTimeOffset.FromUnixTimeMilliseconds))
        from names in Gen.Null(Gen.OneOf("a", "ü", "𝒜", "<&>", " ", "\r\n").Array[0, 3])
        from numbers in Gen.Null(Gen.Long.Array[0, 3])
        from payload in Gen.Null(Gen.Byte.Array[0, 5])
        from nested in Gen.Bool
        select new Everything
        {
            Text = text,
            Flag = flag,
            Count = count,
            Big = big,
            Ratio = ratio,
            Exact = exact,
            At = at,
            Names = names,
            Numbers = numbers,
            Pairs = names?.Select(name => new Pair { Key = name, Value = text }).ToArray(),
            Labels = names?.Distinct().ToDictionary(name => name, name => name + "v"),
            Parameters = names?.Distinct().ToDictionary(name => name, name => (IReadOnlyList<string>)[name, ""]),
            Attributes = names?.Distinct().ToDictionary(name => name, name => new Pair { Key = name }),
            Payload = payload,
            Nested = nested ? new Everything { Text = "in", Count = count } : null,
        };

    private static Everything Read(string json)
        => (Everything)JsonWire.Read(typeof(Everything), Encoding.UTF8.GetBytes(json));
}
