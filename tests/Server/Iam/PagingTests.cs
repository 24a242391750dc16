using Casement.Server.Iam.Actions;

namespace Casement.Server.Tests.Iam;

public sealed class PagingTests : IDisposable
{
    private readonly IamServer _server = new();

    public void Dispose() => _server.Dispose();

    [Fact]
    public async Task The_smallest_pages_over_25_users_meet_each_once_though_others_come_between()
    {
        var names = Enumerable.Range(0, 25).Select(i => $"{(i % 2 == 0 ? "U" : "u")}{i:D2}").ToList();
        foreach (var name in names)
        {
            await _server.User(name);
        }

        var seen = new List<string>();
        string? marker = null;
        do
        {
            var page = await _server.Run(new ListUsers(), new ListUsers.Request { MaxItems = 1, Marker = marker });
            Assert.Equal(page.Marker is not null, page.IsTruncated);
            seen.Add(Assert.Single(page.Users!).UserName!);
            marker = page.Marker;
            if (seen.Count == 10)
            {
                await _server.User("a-late-one-that-was-passed");
                await _server.User("u20-and-one-that-was-not");
            }
        }
        while (marker is not null);

        Assert.Equal([.. names, "admin", "u20-and-one-that-was-not"], seen.Order(StringComparer.OrdinalIgnoreCase).Order(Comparer<string>.Create((a, b) => Rank(a).CompareTo(Rank(b)))));
        int Rank(string name) => names.IndexOf(name) is var i and >= 0 ? i : name == "admin" ? 100 : 101;
    }

    [Fact]
    public async Task Every_listing_pages_to_the_same_items_as_at_once()
    {
        await Fill();
        await Same<ListGroups.Reply>(async (m, n) => Part(await _server.Run(new ListGroups(), new() { Marker = m, MaxItems = n }), r => r.Groups!.Select(g => g.GroupName!), r => r.Marker));
        await Same<ListRoles.Reply>(async (m, n) => Part(await _server.Run(new ListRoles(), new() { Marker = m, MaxItems = n }), r => r.Roles!.Select(g => g.RoleName!), r => r.Marker));
        await Same<GetGroup.Reply>(async (m, n) => Part(await _server.Run(new GetGroup(), new() { GroupName = "g0", Marker = m, MaxItems = n }), r => r.Users!.Select(u => u.UserName!), r => r.Marker));
        await Same<ListGroupsForUser.Reply>(async (m, n) => Part(await _server.Run(new ListGroupsForUser(), new() { UserName = "u0", Marker = m, MaxItems = n }), r => r.Groups!.Select(g => g.GroupName!), r => r.Marker));
        await Same<ListPolicies.Reply>(async (m, n) => Part(await _server.Run(new ListPolicies(), new() { Marker = m, MaxItems = n }), r => r.Policies!.Select(p => p.Arn!), r => r.Marker));
        await Same<ListPolicyVersions.Reply>(async (m, n) => Part(
            await _server.Run(new ListPolicyVersions(), new() { PolicyArn = "arn:aws:iam::111122223333:policy/p0", Marker = m, MaxItems = n }), r => r.Versions!.Select(v => v.VersionId!), r => r.Marker));
        await Same<Casement.Server.Iam.InlinePolicyNames>(async (m, n) => Part(
            await _server.Run(new ListUserPolicies(), new() { UserName = "u0", Marker = m, MaxItems = n }), r => r.PolicyNames!, r => r.Marker));
        await Same<Casement.Server.Iam.PolicyReferences>(async (m, n) => Part(
            await _server.Run(new ListAttachedUserPolicies(), new() { UserName = "u0", Marker = m, MaxItems = n }), r => r.AttachedPolicies!.Select(p => p.PolicyArn!), r => r.Marker));
        await Same<Casement.Server.Iam.EntityTags>(async (m, n) => Part(
            await _server.Run(new ListUserTags(), new() { UserName = "u0", Marker = m, MaxItems = n }), r => r.Tags!.Select(t => t.Key!), r => r.Marker));
        await Same<ListAccessKeys.Reply>(async (m, n) => Part(
            await _server.Run(new ListAccessKeys(), new() { UserName = "u0", Marker = m, MaxItems = n }), r => r.AccessKeyMetadata!.Select(k => k.AccessKeyId!), r => r.Marker));
        await Same<ListEntitiesForPolicy.Reply>(async (m, n) => Part(
            await _server.Run(new ListEntitiesForPolicy(), new() { PolicyArn = "arn:aws:iam::111122223333:policy/p0", Marker = m, MaxItems = n }),
            r => [.. r.PolicyGroups!.Select(g => g.GroupId!), .. r.PolicyRoles!.Select(g => g.RoleId!), .. r.PolicyUsers!.Select(g => g.UserId!)], r => r.Marker));
    }

    [Fact]
    public async Task A_marker_of_another_listing_filter_or_making_is_refused()
    {
        await Fill();
        var marker = (await _server.Run(new ListGroups(), new ListGroups.Request { MaxItems = 1 })).Marker!;
        const string Refusal = "400 ValidationError: Invalid Marker.";
        Assert.Equal(Refusal, await _server.Refused(new ListUsers(), new ListUsers.Request { Marker = marker }));
        Assert.Equal(Refusal, await _server.Refused(new ListGroups(), new ListGroups.Request { Marker = marker, PathPrefix = "/x" }));
        Assert.Equal(Refusal, await _server.Refused(new ListGroups(), new ListGroups.Request { Marker = "g1" }));
        Assert.Equal(Refusal, await _server.Refused(new ListGroups(), new ListGroups.Request { Marker = Convert.ToBase64String(new byte[40]) }));
        var bytes = Convert.FromBase64String(marker);
        bytes[^1] ^= 1;
        Assert.Equal(Refusal, await _server.Refused(new ListGroups(), new ListGroups.Request { Marker = Convert.ToBase64String(bytes) }));
    }

    private async Task Fill()
    {
        var policies = new List<string>();
        for (var i = 0; i < 3; i++)
        {
            await _server.User($"u{i}", IamServer.AnyAction, IamServer.AnyAction, IamServer.AnyAction);
            await _server.Role($"r{i}", IamServer.TrustSsm);
            await _server.Run(new CreateGroup(), new CreateGroup.Request { GroupName = $"g{i}" });
            policies.Add(await _server.Policy($"p{i}"));
        }

        for (var i = 0; i < 3; i++)
        {
            await _server.Run(new AddUserToGroup(), new() { GroupName = "g0", UserName = $"u{i}" });
            await _server.Run(new AddUserToGroup(), new() { GroupName = $"g{i}", UserName = "u0" });
            await _server.Run(new AttachUserPolicy(), new() { UserName = "u0", PolicyArn = policies[i] });
            await _server.Run(new AttachRolePolicy(), new() { RoleName = $"r{i}", PolicyArn = policies[0] });
            await _server.Run(new AttachGroupPolicy(), new() { GroupName = $"g{i}", PolicyArn = policies[0] });
            await _server.Run(new CreatePolicyVersion(), new() { PolicyArn = policies[0], PolicyDocument = IamServer.AnyAction });
            await _server.Run(new TagUser(), new() { UserName = "u0", Tags = [new() { Key = $"k{i}", Value = "" }] });
            await _server.Run(new CreateAccessKey(), new() { UserName = "u0" });
        }
    }

    private static (IEnumerable<string> Items, string? Marker) Part<T>(T reply, Func<T, IEnumerable<string>> items, Func<T, string?> marker) => (items(reply), marker(reply));

    private static async Task Same<T>(Func<string?, int?, Task<(IEnumerable<string> Items, string? Marker)>> page)
    {
        var whole = (await page(null, null)).Items.ToList();
        Assert.True(whole.Count >= 3, typeof(T).Name);
        var parts = new List<string>();
        string? marker = null;
        do
        {
            (var items, marker) = await page(marker, 1);
            parts.Add(Assert.Single(items));
        }
        while (marker is not null);

        Assert.Equal(whole, parts);
    }
}
