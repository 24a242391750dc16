namespace Casement.Executions.Tests;

public sealed class StatusTextsTests
{
    [Fact]
    public void A_denial_is_cut_at_250_characters_and_never_inside_a_code_point()
    {
        var prefix = "The provided role does not contain the correct SSM permissions. ";
        Assert.Equal(prefix + "User: x", StatusTexts.AccessDenied("User: x"));
        Assert.Equal(250, StatusTexts.AccessDenied(new string('x', 999)).Length);
        var cut = StatusTexts.AccessDenied(new string('x', 249 - prefix.Length) + "\U0001F600 and more");
        Assert.Equal(249, cut.Length);
        Assert.EndsWith("x", cut, StringComparison.Ordinal);
    }

    [Fact]
    public void Refusals_have_the_texts_that_AWS_shows_and_name_the_role()
    {
        Assert.Equal(
            "The following SSM parameters are invalid: LevelUp, x", StatusTexts.InvalidParameters(["LevelUp", "x"]));
        Assert.Equal(
            "The role arn:r could not be assumed: its trust policy does not allow ssm.amazonaws.com.",
            StatusTexts.RoleNotTrusting("arn:r"));
        Assert.Equal("The role arn:r could not be assumed: it does not exist.", StatusTexts.RoleMissing("arn:r"));
    }
}
