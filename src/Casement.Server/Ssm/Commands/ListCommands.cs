using Casement.Aws.Wire;
using Casement.Server.Operations;

namespace Casement.Server.Ssm.Commands;

/// <summary>Commands, newest first.</summary>
public sealed class ListCommands : Operation<ListCommands.Request, ListCommands.Reply>
{
    public override Service Service => Service.Ssm;

    public override Effect Effect => Effect.Read;

    protected override Task<Reply> Handle(Request request, Call call)
    {
        var query = CommandFilters.Read(request.CommandId, request.InstanceId, request.Filters, invocations: false);
        var page = call.Backstage.Paging.Open(call, request with { MaxResults = null, NextToken = null }, request.NextToken, request.MaxResults);
        var after = TimeKey.Read(page.After, new TimeKey(long.MaxValue, ""));
        var shown = page.Cut(
            call.Read(tx => Storage.Commands.Page(tx, call.Scope, query, after.Ms, after.Id, page.Size + 1)),
            c => new TimeKey(c.RequestedMs, c.CommandId).ToString());
        return Task.FromResult(new Reply { Commands = [.. shown.Items.Select(Command.Of)], NextToken = shown.NextToken });
    }

    public sealed record Request
    {
        [Length(36, 36)]
        public string? CommandId { get; init; }

        [Pattern(@"(^i-(\w{8}|\w{17})$)|(^mi-\w{17}$)")]
        public string? InstanceId { get; init; }

        [Range(1, 50)]
        public int? MaxResults { get; init; }

        public string? NextToken { get; init; }

        [Length(1, 5)]
        public IReadOnlyList<CommandFilter>? Filters { get; init; }
    }

    public sealed record Reply
    {
        public IReadOnlyList<Command>? Commands { get; init; }

        public string? NextToken { get; init; }
    }
}
