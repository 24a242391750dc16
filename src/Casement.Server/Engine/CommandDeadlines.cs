using Casement.Server.Ssm.Commands;
using Casement.Storage;

namespace Casement.Server.Engine;

/// <summary>Ends what a command's deadlines end: deliveries not taken, runs not reported, cancellations not answered.</summary>
internal static class CommandDeadlines
{
    private const int UnitMax = 200;

    /// <summary>Applies all that is due of a command now, in units of bounded size.</summary>
    public static async Task Apply(Backstage backstage, string commandId)
    {
        while (await backstage.Database.Write(tx => Some(tx, backstage, commandId)) == UnitMax)
        {
            // the rest is another unit's, so that others get their turn in between
        }
    }

    private static int Some(Tx tx, Backstage backstage, string commandId)
    {
        var nowMs = backstage.Clock.NowMs;
        var due = CommandInvocations.Due(tx, commandId, nowMs, UnitMax);
        if (due.Count == 0 || CommandUnit.Open(tx, backstage, commandId, nowMs) is not { } unit)
        {
            return 0;
        }

        due.ForEach(unit.Expire);
        unit.Save();
        return due.Count;
    }
}
