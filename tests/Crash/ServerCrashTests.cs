namespace Casement.Crash.Tests;

/// <summary>Every step at which a server can die, each in a story that passes it; under <c>--soak N</c> at its first N passages.</summary>
public abstract class ServerCrashTests(Seed seed)
{
    private protected async Task Visit(string point)
    {
        for (var passage = 1; passage <= Soak.Factor; passage++)
        {
            await using var stage = await Stage.Start(seed, point, passage);
            await Story.Tell(stage, "window", passage);
        }
    }
}

public sealed class RequestCrashTests(Seed seed) : ServerCrashTests(seed)
{
    [Theory]
    [MemberData(nameof(Steps.Request), MemberType = typeof(Steps))]
    public Task A_request_leaves_nothing_or_all_of_it(string point) => Visit(point);
}

public sealed class CommitCrashTests(Seed seed) : ServerCrashTests(seed)
{
    [Theory]
    [MemberData(nameof(Steps.Commit), MemberType = typeof(Steps))]
    public Task A_call_is_there_once_however_often_it_is_asked_for(string point) => Visit(point);
}

public sealed class OpeningCrashTests(Seed seed) : ServerCrashTests(seed)
{
    [Theory]
    [MemberData(nameof(Steps.Opening), MemberType = typeof(Steps))]
    public Task An_occurrence_opens_once_and_sends_each_command_once(string point) => Visit(point);
}

public sealed class AnswerCrashTests(Seed seed) : ServerCrashTests(seed)
{
    [Theory]
    [MemberData(nameof(Steps.Answer), MemberType = typeof(Steps))]
    public Task What_a_node_said_counts_once(string point) => Visit(point);
}

public sealed class LostAnswerCrashTests(Seed seed) : ServerCrashTests(seed)
{
    [Theory]
    [MemberData(nameof(Steps.LostAnswer), MemberType = typeof(Steps))]
    public Task A_message_that_died_on_its_way_comes_again(string point) => Visit(point);
}

public sealed class LostMessageCrashTests(Seed seed) : ServerCrashTests(seed)
{
    [Theory]
    [MemberData(nameof(Steps.LostMessage), MemberType = typeof(Steps))]
    public Task A_message_that_was_not_recorded_comes_again(string point) => Visit(point);
}
