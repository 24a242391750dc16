namespace Casement.Executions.Tests;

public sealed class AmountTests
{
    [Theory]
    [InlineData("1%", 1, 1, 0)]
    [InlineData("1%", 99, 1, 0)]
    [InlineData("1%", 100, 1, 1)]
    [InlineData("10%", 9, 1, 0)]
    [InlineData("10%", 50, 5, 5)]
    [InlineData("10%", 59, 5, 5)]
    [InlineData("33%", 3, 1, 0)]
    [InlineData("34%", 3, 1, 1)]
    [InlineData("50%", 1, 1, 0)]
    [InlineData("50%", 3, 1, 1)]
    [InlineData("66%", 3, 1, 1)]
    [InlineData("67%", 3, 2, 2)]
    [InlineData("99%", 10, 9, 9)]
    [InlineData("100%", 7, 7, 7)]
    [InlineData("100%", 0, 1, 0)]
    [InlineData("100%", 2000000000, 2000000000, 2000000000)]
    [InlineData("3", 2, 3, 3)]
    [InlineData("9999999", 2, 9999999, 9999999)]
    public void Percentages_round_down_and_concurrency_is_at_least_one(
        string text, int nodes, int concurrency, int errors)
    {
        Assert.True(Amount.TryParseConcurrency(text, out var amount));
        Assert.Equal((concurrency, errors), (amount.ConcurrencyOf(nodes), amount.ErrorsOf(nodes)));
        Assert.Equal(text, amount.ToString());
    }

    [Theory]
    [InlineData("0", 50, 0)]
    [InlineData("0%", 50, 0)]
    public void Only_errors_may_be_zero(string text, int nodes, int errors)
    {
        Assert.False(Amount.TryParseConcurrency(text, out _));
        Assert.True(Amount.TryParseErrors(text, out var amount));
        Assert.Equal(errors, amount.ErrorsOf(nodes));
    }

    [Theory]
    [InlineData("")]
    [InlineData("%")]
    [InlineData("01")]
    [InlineData("00%")]
    [InlineData("05%")]
    [InlineData("101%")]
    [InlineData("-1")]
    [InlineData("+1")]
    [InlineData(" 1")]
    [InlineData("1 %")]
    [InlineData("1%%")]
    [InlineData("1.5%")]
    [InlineData("10000000")]
    [InlineData("\u0661")]
    [InlineData("1\n")]
    [InlineData(null)]
    public void Other_texts_are_refused(string? text)
    {
        Assert.False(Amount.TryParseConcurrency(text, out _));
        Assert.False(Amount.TryParseErrors(text, out _));
    }

    [Fact]
    public void A_fault_names_member_value_and_rule()
    {
        Assert.False(RateControl.TryParse("0", "0", out _, out var concurrency));
        Assert.Equal("MaxConcurrency is '0': allowed are 1 to 9999999 and 1% to 100%.", concurrency);
        Assert.False(RateControl.TryParse("1", "x", out _, out var errors));
        Assert.Equal("MaxErrors is 'x': allowed are 0 to 9999999 and 0% to 100%.", errors);
        Assert.True(RateControl.TryParse("50", "0", out var rate, out _));
        Assert.Equal(RateControl.CommandDefault, rate);
    }
}
