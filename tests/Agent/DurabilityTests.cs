using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Casement.Agent.Posix;

namespace Casement.Agent.Tests;

/// <summary>A kill cannot show whether a file would survive a power cut; what the kernel was asked for, and when, does.</summary>
public sealed partial class DurabilityTests
{
    private const string Traced = "trace=?fsync,?fdatasync,?mkdir,?mkdirat,?rename,?renameat,?renameat2,?link,?linkat,?execve";

    [Fact]
    public async Task Every_name_in_the_ledger_is_durable_before_a_supervisor_is_started()
    {
        await using var node = TestNode.Create();
        var trace = node.PathOf("trace");
        using var strace = Start(node, trace);
        await node.UntilAsync(() => node.Server.Polls > 0, "the agent polls");
        await node.RunAsync(node.Script("true"));
        var pid = int.Parse(await File.ReadAllTextAsync(Path.Combine(node.AgentDirectory, "agent.pid"), TestContext.Current.CancellationToken), CultureInfo.InvariantCulture);
        Assert.Equal(0, Libc.Kill(pid, Libc.SigTerm));
        await strace.WaitForExitAsync(TestContext.Current.CancellationToken);

        var calls = Completed(await File.ReadAllLinesAsync(trace, TestContext.Current.CancellationToken));
        var start = calls.FindIndex(call => call.StartsWith("execve", StringComparison.Ordinal) && call.Contains("\"supervise\"", StringComparison.Ordinal));
        Assert.True(start > 0, "no supervisor was started");
        var made = calls.Take(start).Index().Select(call => (At: call.Index, Name: Made(call.Item)))
            .Where(call => call.Name?.Contains("/commands/open/", StringComparison.Ordinal) == true).ToList();
        Assert.Contains(made, call => call.Name!.EndsWith("/started", StringComparison.Ordinal));
        Assert.Contains(made, call => call.Name!.EndsWith("/run-1", StringComparison.Ordinal));
        Assert.All(made, call => Assert.Contains(
            calls.Take(start).Skip(call.At), later => later.StartsWith("fsync", StringComparison.Ordinal)
                && later.Contains($"<{Path.GetDirectoryName(call.Name)}>", StringComparison.Ordinal)));
        Assert.All(
            made.Where(call => calls[call.At].StartsWith("rename", StringComparison.Ordinal) && !IsFolder(calls, call.At, call.Name!)),
            call => Assert.Contains(calls.Take(call.At), earlier => IsSynchronised(earlier, $"{call.Name}.new")));
    }

    // made under another name first; what is in it has been looked at by itself
    private static bool IsFolder(List<string> calls, int at, string name) =>
        calls.Take(at).Any(earlier => earlier.StartsWith("mkdir", StringComparison.Ordinal) && Made(earlier) == $"{name}.new");

    private static bool IsSynchronised(string call, string file) =>
        call.StartsWith('f') && call.Contains($"<{file}>", StringComparison.Ordinal);

    private static Process Start(TestNode node, string trace)
    {
        var start = new ProcessStartInfo(
            "/usr/bin/strace",
            ["-f", "--seccomp-bpf", "-y", "-qq", "-s", "4096", "-o", trace, "-e", Traced, Path.Combine(AppContext.BaseDirectory, "casement-agent"), .. node.ActivationArguments])
        {
            RedirectStandardError = true,
        };
        start.Environment[AgentOptions.ActivationCodeVariable] = FakeServer.ActivationCode;
        return Process.Start(start)!;
    }

    /// <summary>The last name in a call that makes one.</summary>
    private static string? Made(string call) =>
        call.StartsWith("mkdir", StringComparison.Ordinal) || call.StartsWith("rename", StringComparison.Ordinal) || call.StartsWith("link", StringComparison.Ordinal)
            ? Quoted().Matches(call)[^1].Groups[1].Value
            : null;

    /// <summary>Calls in the order in which they returned with success, without the thread that made them.</summary>
    private static List<string> Completed(string[] lines)
    {
        var begun = new Dictionary<string, string>(StringComparer.Ordinal);
        var completed = new List<string>();
        foreach (var line in lines)
        {
            var (thread, call) = line.Split(' ', 2, StringSplitOptions.TrimEntries) is [var left, var right] ? (left, right) : ("", "");
            if (call.EndsWith("<unfinished ...>", StringComparison.Ordinal))
            {
                begun[thread] = call[..^"<unfinished ...>".Length];
            }
            else if (Resumed().Match(call) is { Success: true } resumed && begun.Remove(thread, out var first))
            {
                Add(first + resumed.Groups[1].Value);
            }
            else
            {
                Add(call);
            }
        }

        return completed;

        void Add(string call)
        {
            if (Succeeded().IsMatch(call))
            {
                completed.Add(call);
            }
        }
    }

    [GeneratedRegex("\"([^\"]*)\"")]
    private static partial Regex Quoted();

    [GeneratedRegex(@"^<\.\.\. \w+ resumed>(.*)$")]
    private static partial Regex Resumed();

    [GeneratedRegex(@"\) += 0$")]
    private static partial Regex Succeeded();
}
