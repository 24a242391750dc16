using Casement.Aws;
using Casement.Aws.Wire;
using Casement.Server.Operations;

namespace Casement.Server.Ssm.Commands;

/// <summary>
/// Cancels a command, on all its nodes or on some. Best effort: where it has not been handed out it never will be, elsewhere the
/// node is asked to stop it. What has ended stays as it ended.
/// </summary>
public sealed class CancelCommand : Operation<CancelCommand.Request, Nothing>
{
    public override Service Service => Service.Ssm;

    public override Effect Effect => Effect.Write;

    protected override async Task<Nothing> Handle(Request request, Call call)
    {
        var ids = request.InstanceIds ?? [];
        if (ids.GroupBy(i => i, StringComparer.Ordinal).FirstOrDefault(g => g.Count() > 1) is { } twice)
        {
            throw new AwsException("DuplicateInstanceId", $"The node {twice.Key} is named more than once.");
        }

        await call.Write(tx =>
        {
            var unit = CommandUnit.Open(tx, call.Backstage, request.CommandId!, call.NowMs);
            if (unit is null || unit.Row.Scope != call.Scope)
            {
                throw new AwsException("InvalidCommandId", $"The command {request.CommandId} does not exist.");
            }

            if (ids.Count == 0)
            {
                unit.CancelAll();
            }

            foreach (var id in ids)
            {
                unit.Cancel(Storage.CommandInvocations.Find(tx, request.CommandId!, id)
                    ?? throw new AwsException("InvalidInstanceId", $"The command {request.CommandId} was not sent to node {id}."));
            }

            unit.Save();
        });
        return Nothing.Instance;
    }

    public sealed record Request
    {
        [Required, Length(36, 36)]
        public string? CommandId { get; init; }

        [Length(0, 50), EachPattern(@"(^i-(\w{8}|\w{17})$)|(^mi-\w{17}$)")]
        public IReadOnlyList<string>? InstanceIds { get; init; }
    }
}
