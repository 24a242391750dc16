namespace Casement.Storage.Tests;

/// <summary>The same token with the same request makes one thing; with another request it is a mismatch.</summary>
public sealed class ClientTokenTests
{
    private const long Start = 1_000_000;

    [Fact]
    public async Task The_second_use_answers_the_first_one_s_id()
    {
        using var scratch = new Scratch();
        Assert.Equal("mw-1", await Once(scratch, "token", "hash", Start, "mw-1"));
        Assert.Equal("mw-1", await Once(scratch, "token", "hash", Start + 1, "mw-2"));
    }

    [Fact]
    public async Task Another_request_under_the_same_token_is_a_mismatch()
    {
        using var scratch = new Scratch();
        await Once(scratch, "token", "hash", Start, "mw-1");
        Assert.Null(await Once(scratch, "token", "other", Start, "mw-2"));
    }

    [Fact]
    public async Task Without_a_token_each_call_makes_its_own()
    {
        using var scratch = new Scratch();
        Assert.Equal("mw-1", await Once(scratch, null, "hash", Start, "mw-1"));
        Assert.Equal("mw-2", await Once(scratch, null, "hash", Start, "mw-2"));
    }

    [Fact]
    public async Task A_token_is_remembered_for_a_day_and_then_free()
    {
        using var scratch = new Scratch();
        await Once(scratch, "token", "hash", Start, "mw-1");
        Assert.Equal("mw-1", await Once(scratch, "token", "hash", Start + ClientTokens.LifetimeMs - 1, "mw-2"));
        Assert.Equal("mw-3", await Once(scratch, "token", "other", Start + ClientTokens.LifetimeMs, "mw-3"));
        Assert.Equal("mw-3", await Once(scratch, "token", "other", Start + ClientTokens.LifetimeMs + 1, "mw-4"));
    }

    [Fact]
    public async Task Account_region_operation_and_parent_keep_tokens_apart()
    {
        using var scratch = new Scratch();
        await Once(scratch, "token", "hash", Start, "mw-1");
        Assert.Equal("a", await Once(scratch, "token", "hash", Start, "a", scope: Scratch.Scope with { Account = "000000000000" }));
        Assert.Equal("b", await Once(scratch, "token", "hash", Start, "b", scope: Scratch.Scope with { Region = "eu-west-1" }));
        Assert.Equal("c", await Once(scratch, "token", "hash", Start, "c", operation: "RegisterTarget"));
        Assert.Equal("d", await Once(scratch, "token", "hash", Start, "d", within: "mw-1"));
    }

    [Fact]
    public async Task A_failed_making_remembers_nothing()
    {
        using var scratch = new Scratch();
        await Assert.ThrowsAsync<FormatException>(() => scratch.Database.Write(tx =>
            ClientTokens.Once(tx, Scratch.Scope, "Create", "", "token", "hash", Start, () => throw new FormatException())));
        Assert.Equal("mw-1", await Once(scratch, "token", "hash", Start, "mw-1"));
    }

    private static Task<string?> Once(
        Scratch scratch, string? token, string hash, long now, string id, Scope? scope = null, string operation = "Create", string within = "") =>
        scratch.Database.Write(tx => ClientTokens.Once(tx, scope ?? Scratch.Scope, operation, within, token, hash, now, () => id));
}
