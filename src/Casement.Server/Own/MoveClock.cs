using Casement.Aws;
using Casement.Aws.Wire;
using Casement.Server.Engine;
using Casement.Server.Operations;
using NodaTime.Text;

namespace Casement.Server.Own;

/// <summary>
/// Moves the product's clock of an ephemeral server forward. It steps through every due instant in order and answers when
/// nothing that is due is undecided; what runs on nodes takes its real time.
/// </summary>
public sealed class MoveClock : Operation<MoveClock.Request, MoveClock.Reply>
{
    public override Service Service => Service.Casement;

    public override Effect Effect => Effect.Write;

    protected override IEnumerable<Access> Needs(Request request, Call call)
    {
        ArgumentNullException.ThrowIfNull(call);
        return [new Access(Action, ClockAccess.Resource(call))];
    }

    protected override async Task<Reply> Handle(Request request, Call call)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(call);
        if (call.Backstage.Clock.Product is not ManualTimeProvider clock)
        {
            throw new AwsException("InvalidClock", "This server's clock cannot be moved: start it with --ephemeral --clock manual.");
        }

        var target = TargetOf(request, clock);
        await call.Write(_ => { });
        await call.Backstage.Stepper.MoveTo(clock, target);
        return new Reply { Now = InstantPattern.ExtendedIso.Format(call.Backstage.Clock.Now) };
    }

    private static DateTimeOffset TargetOf(Request request, ManualTimeProvider clock)
    {
        var advance = PeriodPattern.NormalizingIso.Parse(request.Advance!);
        if (!advance.Success || advance.Value.HasDateComponent && (advance.Value.Months != 0 || advance.Value.Years != 0))
        {
            throw new AwsException("ValidationException", $"advance is '{request.Advance}' but must be an ISO 8601 duration of weeks, days, hours, minutes or seconds, such as PT1H.");
        }

        var duration = advance.Value.ToDuration().ToTimeSpan();
        return duration >= TimeSpan.Zero && duration <= TimeSpan.FromDays(3660)
            ? clock.GetUtcNow() + duration
            : throw new AwsException("ValidationException", $"advance is '{request.Advance}' but the clock moves forward only, at most ten years at a time.");
    }

    public sealed record Request
    {
        /// <summary>ISO 8601, such as <c>PT1H</c>.</summary>
        [Required, Length(1, 64), WireName("advance")]
        public string? Advance { get; init; }
    }

    public sealed record Reply
    {
        [WireName("now")]
        public string? Now { get; init; }
    }
}

/// <summary>What the product's clock says.</summary>
public sealed class ReadClock : Operation<ReadClock.Request, MoveClock.Reply>
{
    public override Service Service => Service.Casement;

    public override Effect Effect => Effect.Read;

    protected override IEnumerable<Access> Needs(Request request, Call call)
    {
        ArgumentNullException.ThrowIfNull(call);
        return [new Access(Action, ClockAccess.Resource(call))];
    }

    protected override Task<MoveClock.Reply> Handle(Request request, Call call)
    {
        ArgumentNullException.ThrowIfNull(call);
        return Task.FromResult(new MoveClock.Reply { Now = InstantPattern.ExtendedIso.Format(call.Now) });
    }

    public sealed record Request;
}

internal static class ClockAccess
{
    public static string Resource(Call call) => $"arn:aws:casement:{call.Scope.Region}:{call.Scope.Account}:clock";
}
