using Casement.Aws;
using Casement.Aws.Wire;
using Casement.Server.Engine;
using Casement.Server.Operations;
using NodaTime;
using NodaTime.Text;

namespace Casement.Server.Own;

/// <summary>
/// Moves the product's clock of an ephemeral server forward. It steps through every due instant in order and answers when
/// nothing that is due is undecided; what runs on nodes takes its real time.
/// </summary>
public sealed class MoveClock : Operation<MoveClock.Request, MoveClock.Reply>
{
    private const double MostDays = 3660;

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

        // in days, since a number of them may be too large for a duration
        var days = Days(advance.Value);
        if (days is < 0 or > MostDays)
        {
            throw new AwsException("ValidationException", $"advance is '{request.Advance}' but the clock moves forward only, at most ten years at a time.");
        }

        var duration = advance.Value.ToDuration().ToTimeSpan();
        return duration <= ManualTimeProvider.End - clock.GetUtcNow()
            ? clock.GetUtcNow() + duration
            : throw new AwsException(
                "ValidationException", $"advance is '{request.Advance}' but the clock ends at {InstantPattern.ExtendedIso.Format(Instant.FromDateTimeOffset(ManualTimeProvider.End))}.");
    }

    private static double Days(Period period) =>
        (period.Weeks * 7.0) + period.Days + (period.Hours / 24.0) + (period.Minutes / 1440.0) + (period.Seconds / 86_400.0)
        + (period.Milliseconds / 86_400_000.0) + (period.Ticks / 864e9) + (period.Nanoseconds / 864e11);

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
