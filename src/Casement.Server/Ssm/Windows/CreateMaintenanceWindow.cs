using Casement.Aws.Wire;
using Casement.Server.Operations;
using Casement.Storage;

namespace Casement.Server.Ssm.Windows;

public sealed class CreateMaintenanceWindow : Operation<CreateMaintenanceWindow.Request, CreateMaintenanceWindow.Reply>
{
    public override Service Service => Service.Ssm;

    public override Effect Effect => Effect.Write;

    protected override IEnumerable<Access> Needs(Request request, Call call) =>
        [new Access(Action, Access.AnyOf(call.Scope)) { RequestTags = request.Tags.Pairs() }];

    protected override async Task<Reply> Handle(Request request, Call call)
    {
        var definition = new WindowDefinition
        {
            Description = request.Description,
            StartDate = request.StartDate,
            EndDate = request.EndDate,
            Schedule = request.Schedule!,
            ScheduleTimezone = request.ScheduleTimezone,
            ScheduleOffset = request.ScheduleOffset,
            Duration = request.Duration!.Value,
            Cutoff = request.Cutoff!.Value,
            AllowUnassociatedTargets = request.AllowUnassociatedTargets!.Value,
        };
        WindowRules.Check(definition);
        var tags = request.Tags.Pairs();
        TagRules.Check(tags, call.Backstage.Quotas);
        var repeatedHour = tags.FirstOrDefault(t => t.Key == Storage.Windows.RepeatedHourTag).Value;
        var schedule = WindowTimes.Of(definition, call.Now, repeatedHour, call.Backstage.Zones);
        var next = schedule.Next(call.Now)?.Instant.ToUnixTimeMilliseconds();
        var hash = RequestHash.Of(request with { ClientToken = null });
        var id = await call.Write(tx => ClientTokens.Once(tx, call.Scope, Name, "", request.ClientToken, hash, call.NowMs, () =>
        {
            WindowRules.Limit(tx, call.Scope, call.Backstage.Quotas);
            var made = Ids.Hex17("mw-", call.NowMs);
            Storage.Windows.Insert(tx, call.Scope, new WindowRow(made, request.Name!, true, next, definition, call.NowMs, call.NowMs, call.NowMs));
            Storage.Tags.Set(tx, call.Scope, Storage.Windows.TagKind, made, tags);
            tx.AfterCommit(() => call.Backstage.Bells.ClockChanged(next ?? long.MaxValue));
            return made;
        }) ?? throw RequestHash.Mismatch());
        WindowTimes.Warn(call, schedule);
        return new Reply { WindowId = id };
    }

    public sealed record Request
    {
        [Required, Length(3, 128), Pattern(@"^[a-zA-Z0-9_\-.]{3,128}$")]
        public string? Name { get; init; }

        [Sensitive, Length(1, 128)]
        public string? Description { get; init; }

        [Length(1, -1)]
        public string? StartDate { get; init; }

        [Length(1, -1)]
        public string? EndDate { get; init; }

        [Required, Length(1, 256)]
        public string? Schedule { get; init; }

        [Length(1, -1)]
        public string? ScheduleTimezone { get; init; }

        [Range(1, 6)]
        public int? ScheduleOffset { get; init; }

        [Required, Range(1, 24)]
        public int? Duration { get; init; }

        [Required, Range(0, 23)]
        public int? Cutoff { get; init; }

        [Required]
        public bool? AllowUnassociatedTargets { get; init; }

        [Length(1, 64)]
        public string? ClientToken { get; init; }

        [Length(0, 1000)]
        public IReadOnlyList<Tag>? Tags { get; init; }
    }

    public sealed record Reply
    {
        public string? WindowId { get; init; }
    }
}
