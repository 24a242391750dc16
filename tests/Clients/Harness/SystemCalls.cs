using System.Globalization;
using System.Text.RegularExpressions;

namespace Casement.Clients.Tests.Harness;

/// <summary>One system call as strace saw it. Two of different threads overlap unless one returned before the other began.</summary>
/// <param name="Thread">Its thread.</param>
/// <param name="Name">Such as <c>fdatasync</c>.</param>
/// <param name="Arguments">As strace writes them: descriptors with their paths, text with escapes.</param>
/// <param name="Began">Its place in the order of all beginnings and returns.</param>
/// <param name="Returned">Likewise; null when it had not returned at the end of the trace.</param>
/// <param name="Result">What it answered; null when it had not returned, or answered no number.</param>
public sealed record SystemCall(int Thread, string Name, string Arguments, int Began, int? Returned, long? Result)
{
    public bool Touches(string text) => Arguments.Contains(text, StringComparison.Ordinal);

    /// <summary>Whether it had succeeded before the other began.</summary>
    public bool DoneBefore(SystemCall other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return Result is >= 0 && Returned < other.Began;
    }
}

/// <summary>The trace of a program and all its threads and children.</summary>
public sealed partial class SystemCalls
{
    private const string Calls = "fsync,fdatasync,pwrite64,write,writev,sendto,sendmsg,openat,mkdir,mkdirat,rename,renameat,renameat2,link,linkat,ftruncate";

    private SystemCalls(List<SystemCall> all) => All = all;

    public IReadOnlyList<SystemCall> All { get; }

    /// <summary>
    /// What a program is started through to be traced. <c>-D</c> lets the program be the process that was started, and strace its
    /// descendant; data is long enough for a page of a database.
    /// </summary>
    public static string[] Prefix(string file) =>
        ["/usr/bin/strace", "-D", "-f", "-q", "-yy", "-s", "5000", "--seccomp-bpf", "-e", $"trace={Calls}", "-e", "signal=none", "-o", file];

    public static SystemCalls Read(string file)
    {
        // the last line may be half written
        using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using var reader = new StreamReader(stream);
        return Parse(reader.ReadToEnd().Split('\n')[..^1]);
    }

    public static SystemCalls Parse(IReadOnlyList<string> lines)
    {
        ArgumentNullException.ThrowIfNull(lines);
        var done = new List<SystemCall>();
        var open = new Dictionary<int, SystemCall>();
        for (var i = 0; i < lines.Count; i++)
        {
            if (Resumed().Match(lines[i]) is { Success: true } resumed)
            {
                var thread = Number(resumed.Groups["thread"]);
                if (open.Remove(thread, out var begun) && begun.Name == resumed.Groups["name"].Value)
                {
                    done.Add(begun with { Arguments = begun.Arguments + resumed.Groups["rest"].Value, Returned = i, Result = ResultOf(lines[i]) });
                }
            }
            else if (Whole().Match(lines[i]) is { Success: true } whole)
            {
                var thread = Number(whole.Groups["thread"]);
                var call = new SystemCall(thread, whole.Groups["name"].Value, whole.Groups["rest"].Value, i, null, null);
                if (lines[i].EndsWith(Unfinished, StringComparison.Ordinal))
                {
                    open[thread] = call;
                }
                else
                {
                    done.Add(call with { Returned = i, Result = ResultOf(lines[i]) });
                }
            }
        }

        done.AddRange(open.Values);
        return new SystemCalls([.. done.OrderBy(c => c.Began)]);
    }

    private const string Unfinished = "<unfinished ...>";

    private static int Number(Group group) => int.Parse(group.ValueSpan, CultureInfo.InvariantCulture);

    private static long? ResultOf(string line) =>
        Answer().Match(line) is { Success: true } answer && long.TryParse(answer.Groups["value"].ValueSpan, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value)
            ? value
            : null;

    [GeneratedRegex(@"^(?<thread>\d+) +<\.\.\. (?<name>\w+) resumed>(?<rest>.*)$")]
    private static partial Regex Resumed();

    [GeneratedRegex(@"^(?<thread>\d+) +(?<name>\w+)\((?<rest>.*)$")]
    private static partial Regex Whole();

    // the last of the line, since data may hold anything
    [GeneratedRegex(@" = (?<value>-?\d+)(<[^""]*>)?( E[A-Z]+ \([^""]*\))?$", RegexOptions.RightToLeft)]
    private static partial Regex Answer();
}
