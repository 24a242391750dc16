using System.Globalization;

namespace Casement.Agent.Posix;

/// <summary>
/// Names a process beyond its life: ids are used again, start times (in ticks since boot) restart with the machine, the
/// three together do not.
/// </summary>
internal sealed record ProcessIdentity(int Pid, long StartTicks, string BootId)
{
    internal static ProcessIdentity? Find(int pid, string bootId) =>
        ReadStat(pid) is { } stat ? new ProcessIdentity(pid, stat.StartTicks, bootId) : null;

    /// <summary>False for a zombie: nobody may be left to reap a process that was orphaned in a container.</summary>
    internal bool IsAlive(string bootId) =>
        BootId == bootId && ReadStat(Pid) is { } stat && stat.StartTicks == StartTicks && stat.State is not ('Z' or 'X');

    private static (char State, long StartTicks)? ReadStat(int pid)
    {
        string text;
        try
        {
            text = File.ReadAllText($"/proc/{pid.ToString(CultureInfo.InvariantCulture)}/stat");
        }
        catch (IOException)
        {
            return null;
        }
        // the second field is the program's name in parentheses and may hold anything, spaces and parentheses included
        var fields = text[(text.LastIndexOf(')') + 2)..].Split(' ');
        return (fields[0][0], long.Parse(fields[19], CultureInfo.InvariantCulture));
    }
}
