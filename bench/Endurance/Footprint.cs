using System.Globalization;

namespace Casement.Bench.Endurance;

/// <summary>What a process holds at one moment, as the kernel counts it.</summary>
internal sealed record Footprint(TimeSpan At, double ResidentMiB, double AnonymousMiB, int Handles, int Threads)
{
    public static Footprint Of(int pid, TimeSpan at)
    {
        var status = File.ReadLines($"/proc/{pid}/status").Select(line => line.Split(':', 2)).ToDictionary(part => part[0], part => part[1].Trim());
        return new Footprint(at, MiB("VmRSS"), MiB("RssAnon"), Directory.GetFiles($"/proc/{pid}/fd").Length, int.Parse(status["Threads"], CultureInfo.InvariantCulture));

        double MiB(string name) => double.Parse(status[name].Split(' ')[0], CultureInfo.InvariantCulture) / 1024;
    }

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{At:mm\\:ss}  resident {ResidentMiB,6:0.0} MiB, anonymous {AnonymousMiB,6:0.0} MiB, handles {Handles,5}, threads {Threads,3}");
}
