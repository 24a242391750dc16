using Casement.Server.Ssm;
using Casement.Server.Ssm.Tags;
using Casement.Server.Ssm.Windows;

namespace Casement.Server.Tests.Windows;

public sealed class WindowDefinitionTests : IDisposable
{
    private readonly WindowServer _server = new();

    public void Dispose() => _server.Dispose();

    [Fact]
    public async Task A_window_is_read_as_it_was_created_and_nothing_that_was_not_sent_appears()
    {
        var id = await _server.Window();
        Assert.Matches("^mw-[0-9a-f]{17}$", id);
        var wire = WindowServer.Wire(await Get(id));
        Assert.Equal(
            $$"""{"WindowId":"{{id}}","Name":"Patching","Schedule":"cron(0 2 ? * SUN *)","NextExecutionTime":"2026-03-08T02:00Z","Duration":3,"Cutoff":1,"AllowUnassociatedTargets":false,"Enabled":true,"CreatedDate":1772445600.137,"ModifiedDate":1772445600.137}""",
            wire);
    }

    [Fact]
    public async Task Dates_and_zone_come_back_verbatim_and_move_the_next_opening()
    {
        var id = (await _server.Run(new CreateMaintenanceWindow(), WindowServer.Definition(schedule: "cron(0 09 ? * WED *)") with
        {
            StartDate = "2026-06-01T00:00:00-08:00", EndDate = "2027-01-01", ScheduleTimezone = "America/Los_Angeles", ScheduleOffset = 2, Description = "d",
        })).WindowId!;
        var window = await Get(id);
        Assert.Equal(
            ("2026-06-01T00:00:00-08:00", "2027-01-01", "America/Los_Angeles", 2, "d", "2026-06-05T09:00-07:00"),
            (window.StartDate, window.EndDate, window.ScheduleTimezone, window.ScheduleOffset, window.Description, window.NextExecutionTime));
    }

    [Fact]
    public async Task A_rate_counts_from_the_millisecond_of_creation() =>
        Assert.Equal("2026-03-02T10:05:00.137Z", (await Get(await _server.Window(schedule: "rate(5 minutes)"))).NextExecutionTime);

    [Fact]
    public async Task A_time_in_the_past_is_accepted_never_opens_and_is_warned_of()
    {
        var id = await _server.Window(schedule: "at(2020-07-07T15:55:00)");
        Assert.Equal(("x-casement-warning", "The window has no opening ahead."), (_server.LastHeaders[0].Key, _server.LastHeaders[0].Value));
        Assert.Null((await Get(id)).NextExecutionTime);
    }

    [Theory]
    [InlineData("cron(0 25 ? * SUN *)", null, null, null, "Invalid schedule: cron(0 25 ? * SUN *).")]
    [InlineData("rate(1 hours)", null, null, null, "Invalid schedule: rate(1 hours).")]
    [InlineData("rate(1 hour)", "Mars/Olympus", null, null, "Invalid timezone: Mars/Olympus")]
    [InlineData("rate(1 hour)", null, "2026-05-01", "2026-05-01", "EndDate must be after StartDate.")]
    [InlineData("rate(1 hour)", null, "tomorrow", null, "Invalid StartDate: tomorrow.")]
    public async Task A_schedule_that_cannot_be_is_refused_by_name(string schedule, string? zone, string? start, string? end, string text)
    {
        var refusal = await _server.Refused(
            new CreateMaintenanceWindow(),
            WindowServer.Definition(schedule: schedule) with { ScheduleTimezone = zone, StartDate = start, EndDate = end }, "ValidationException");
        Assert.StartsWith(text, refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_cutoff_as_long_as_the_window_is_refused_in_the_words_of_AWS()
    {
        var refusal = await _server.Refused(
            new CreateMaintenanceWindow(), WindowServer.Definition() with { Duration = 6, Cutoff = 12 }, "ValidationException");
        Assert.Equal("Cuttoff was 12 but must be smaller than 5 (Duration - 1 )", refusal.Message);
        await _server.Run(new CreateMaintenanceWindow(), WindowServer.Definition() with { Duration = 2, Cutoff = 1 });
    }

    [Fact]
    public async Task An_offset_without_cron_and_an_empty_date_are_refused()
    {
        await _server.Refused(new CreateMaintenanceWindow(), WindowServer.Definition(schedule: "rate(1 day)") with { ScheduleOffset = 1 }, "ValidationException");
        var refusal = await _server.Refused(new CreateMaintenanceWindow(), WindowServer.Definition() with { StartDate = "" }, "ValidationException");
        Assert.Equal(
            "1 validation error detected: Value '' at 'startDate' failed to satisfy constraint: Member must have length greater than or equal to 1", refusal.Message);
    }

    [Fact]
    public async Task The_same_token_answers_the_same_window_even_after_its_deletion_and_another_request_is_a_mismatch()
    {
        var request = WindowServer.Definition() with { ClientToken = "t" };
        var first = (await _server.Run(new CreateMaintenanceWindow(), request)).WindowId!;
        Assert.Equal(first, (await _server.Run(new CreateMaintenanceWindow(), request)).WindowId);
        await _server.Refused(new CreateMaintenanceWindow(), request with { Duration = 4 }, "IdempotentParameterMismatch");
        await _server.Run(new DeleteMaintenanceWindow(), new() { WindowId = first });
        Assert.Equal(first, (await _server.Run(new CreateMaintenanceWindow(), request)).WindowId);
        Assert.Empty((await _server.Run(new DescribeMaintenanceWindows(), new())).WindowIdentities!);
        Assert.NotEqual(first, (await _server.Run(new CreateMaintenanceWindow(), request, scope: _server.Scope with { Region = "eu-west-1" })).WindowId);
    }

    [Fact]
    public async Task With_the_quotas_of_AWS_the_fifty_first_window_is_refused()
    {
        using var server = new WindowServer(Quotas.Aws with { Windows = 2 });
        await server.Window();
        await server.Window();
        var refusal = await server.Refused(new CreateMaintenanceWindow(), WindowServer.Definition(), "ResourceLimitExceededException");
        Assert.Equal("You have reached the maximum number of maintenance windows (2).", refusal.Message);
    }

    [Fact]
    public async Task An_update_changes_what_is_sent_and_answers_the_whole_definition()
    {
        var id = (await _server.Run(new CreateMaintenanceWindow(), WindowServer.Definition() with { Description = "old" })).WindowId!;
        var reply = await _server.Run(
            new UpdateMaintenanceWindow(), new() { WindowId = id, Name = "Renamed", StartDate = "2026-10-01T10:10:10Z", EndDate = "2026-11-01T10:10:10Z" });
        Assert.Equal(
            $$"""{"WindowId":"{{id}}","Name":"Renamed","Description":"old","StartDate":"2026-10-01T10:10:10Z","EndDate":"2026-11-01T10:10:10Z","Schedule":"cron(0 2 ? * SUN *)","Duration":3,"Cutoff":1,"AllowUnassociatedTargets":false,"Enabled":true}""",
            WindowServer.Wire(reply));
        Assert.Equal("2026-10-04T02:00Z", (await Get(id)).NextExecutionTime);
    }

    [Fact]
    public async Task Replace_clears_what_is_not_sent_but_leaves_Enabled()
    {
        var id = (await _server.Run(new CreateMaintenanceWindow(), WindowServer.Definition() with
        {
            Description = "d", StartDate = "2026-06-01", EndDate = "2026-07-01", ScheduleTimezone = "Asia/Tokyo", ScheduleOffset = 1,
        })).WindowId!;
        await _server.Run(new UpdateMaintenanceWindow(), new() { WindowId = id, Enabled = false });
        var reply = await _server.Run(new UpdateMaintenanceWindow(), new()
        {
            WindowId = id, Name = "N-1", Schedule = "rate(1 day)", Duration = 2, Cutoff = 0, AllowUnassociatedTargets = true, Replace = true,
        });
        Assert.Equal(
            $$"""{"WindowId":"{{id}}","Name":"N-1","Schedule":"rate(1 day)","Duration":2,"Cutoff":0,"AllowUnassociatedTargets":true,"Enabled":false}""",
            WindowServer.Wire(reply));
    }

    [Fact]
    public async Task Replace_names_every_required_member_that_is_missing()
    {
        var id = await _server.Window();
        var refusal = await _server.Refused(new UpdateMaintenanceWindow(), new() { WindowId = id, Name = "N-1", Duration = 2, Replace = true }, "ValidationException");
        Assert.Equal(
            "3 validation errors detected: Value null at 'schedule' failed to satisfy constraint: Member must not be null; Value null at 'cutoff' failed to satisfy "
            + "constraint: Member must not be null; Value null at 'allowUnassociatedTargets' failed to satisfy constraint: Member must not be null",
            refusal.Message);
    }

    [Fact]
    public async Task An_update_is_checked_as_a_whole_with_what_it_leaves()
    {
        var id = await _server.Window();
        var refusal = await _server.Refused(new UpdateMaintenanceWindow(), new() { WindowId = id, Duration = 1 }, "ValidationException");
        Assert.StartsWith("Cuttoff was 1", refusal.Message, StringComparison.Ordinal);
        await _server.Refused(new UpdateMaintenanceWindow(), new() { WindowId = id, ScheduleTimezone = "Nowhere" }, "ValidationException");
        refusal = await _server.Refused(new UpdateMaintenanceWindow(), new() { WindowId = WindowServer.NoWindow, Name = "Other" }, "DoesNotExistException");
        Assert.Equal("Maintenance window mw-00000000000000000 does not exist", refusal.Message);
    }

    [Fact]
    public async Task A_disabled_window_has_no_next_opening_and_resumes_by_its_schedule()
    {
        var id = await _server.Window(schedule: "rate(2 hours)");
        await _server.Run(new UpdateMaintenanceWindow(), new() { WindowId = id, Enabled = false });
        Assert.Null((await Get(id)).NextExecutionTime);
        Assert.Null(NextMs(id));
        _server.Time.MoveTo(_server.Time.GetUtcNow().AddHours(5));
        await _server.Run(new UpdateMaintenanceWindow(), new() { WindowId = id, Enabled = true });

        // the rate goes on counting from the creation: 10:00, 12:00, 14:00, 16:00
        Assert.Equal("2026-03-02T16:00:00.137Z", (await Get(id)).NextExecutionTime);
        Assert.Equal(DateTimeOffset.Parse("2026-03-02T16:00:00.137Z", null).ToUnixTimeMilliseconds(), NextMs(id));
    }

    [Fact]
    public async Task A_changed_schedule_counts_anew_and_the_same_schedule_does_not()
    {
        var id = await _server.Window(schedule: "rate(2 hours)");
        _server.Time.MoveTo(_server.Time.GetUtcNow().AddMinutes(30));
        await _server.Run(new UpdateMaintenanceWindow(), new() { WindowId = id, Schedule = "rate(2 hours)" });
        Assert.Equal("2026-03-02T12:00:00.137Z", (await Get(id)).NextExecutionTime);
        await _server.Run(new UpdateMaintenanceWindow(), new() { WindowId = id, Schedule = "rate(3 hours)" });
        Assert.Equal("2026-03-02T13:30:00.137Z", (await Get(id)).NextExecutionTime);
    }

    [Fact]
    public async Task An_opening_that_is_due_is_not_lost_to_a_change_of_the_description()
    {
        var id = await _server.Window(schedule: "rate(2 hours)");
        var due = NextMs(id);
        _server.Time.MoveTo(_server.Time.GetUtcNow().AddHours(2).AddSeconds(1));
        await _server.Run(new UpdateMaintenanceWindow(), new() { WindowId = id, Description = "new" });
        Assert.Equal(due, NextMs(id));
    }

    [Fact]
    public async Task The_clock_hears_of_every_change_that_moves_an_opening()
    {
        var id = await _server.Window();
        Assert.Equal(1, _server.ClockBells);
        await _server.Run(new UpdateMaintenanceWindow(), new() { WindowId = id, Description = "new" });
        Assert.Equal(1, _server.ClockBells);
        await _server.Run(new UpdateMaintenanceWindow(), new() { WindowId = id, Enabled = false });
        Assert.Equal(2, _server.ClockBells);
    }

    [Fact]
    public async Task The_tag_for_repeated_hours_opens_in_both_passes()
    {
        _server.Time.MoveTo(DateTimeOffset.Parse("2026-11-01T05:45:00Z", null));
        var request = WindowServer.Definition(schedule: "cron(0/30 1 ? * * *)") with { ScheduleTimezone = "America/New_York" };
        var first = (await _server.Run(new CreateMaintenanceWindow(), request)).WindowId!;
        var both = (await _server.Run(new CreateMaintenanceWindow(), request with { Tags = [new Tag { Key = "casement:repeated-hour", Value = "both" }] })).WindowId!;
        Assert.Equal("2026-11-02T01:00-05:00", (await Get(first)).NextExecutionTime);
        Assert.Equal("2026-11-01T01:00-05:00", (await Get(both)).NextExecutionTime);

        // the tag decides also when it comes later
        await _server.Run(new AddTagsToResource(), new()
        {
            ResourceType = "MaintenanceWindow", ResourceId = first, Tags = [new Tag { Key = "casement:repeated-hour", Value = "both" }],
        });
        Assert.Equal(("2026-11-01T01:00-05:00", 3), ((await Get(first)).NextExecutionTime, _server.ClockBells));
        Assert.Equal(NextMs(both), NextMs(first));
        await _server.Run(new RemoveTagsFromResource(), new() { ResourceType = "MaintenanceWindow", ResourceId = both, TagKeys = ["casement:repeated-hour"] });
        Assert.Equal("2026-11-02T01:00-05:00", (await Get(both)).NextExecutionTime);
    }

    [Fact]
    public async Task Deleting_answers_the_id_whether_it_was_there_or_not()
    {
        var id = await _server.Window();
        await _server.Target(id, WindowServer.By("tag:Env", "Prod"));
        Assert.Equal(id, (await _server.Run(new DeleteMaintenanceWindow(), new() { WindowId = id })).WindowId);
        Assert.Equal(id, (await _server.Run(new DeleteMaintenanceWindow(), new() { WindowId = id })).WindowId);
        var refusal = await _server.Refused(new GetMaintenanceWindow(), new() { WindowId = id }, "DoesNotExistException");
        Assert.Equal($"Maintenance window {id} does not exist", refusal.Message);
        await _server.Refused(new DescribeMaintenanceWindowTargets(), new() { WindowId = id }, "DoesNotExistException");
        await _server.Refused(new DescribeMaintenanceWindowTasks(), new() { WindowId = id }, "DoesNotExistException");
    }

    [Fact]
    public async Task A_policy_on_the_tags_of_a_window_decides()
    {
        var owned = await _server.Window(tags: [new Tag { Key = "Stage", Value = "test" }]);
        var other = await _server.Window();
        var user = await _server.UserWith(
            """{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"ssm:UpdateMaintenanceWindow","Resource":"*","Condition":{"StringEquals":{"ssm:resourceTag/Stage":"test"}}}]}""");
        await _server.Run(new UpdateMaintenanceWindow(), new() { WindowId = owned, Enabled = false }, user);
        var refusal = await _server.Refused(new UpdateMaintenanceWindow(), new() { WindowId = other, Enabled = false }, "AccessDeniedException", user);
        Assert.Equal(
            $"User: {user.Arn} is not authorized to perform: ssm:UpdateMaintenanceWindow on resource: arn:aws:ssm:us-east-1:123456789012:maintenancewindow/{other} because no identity-based policy allows the ssm:UpdateMaintenanceWindow action",
            refusal.Message);
    }

    private Task<GetMaintenanceWindow.Reply> Get(string id) => _server.Run(new GetMaintenanceWindow(), new() { WindowId = id });

    private long? NextMs(string id) => _server.Database.Read(tx => Storage.Windows.Find(tx, _server.Scope, id))!.NextMs;
}
