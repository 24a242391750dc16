using System.Buffers;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Casement.Aws.Nodes;

namespace Casement.Bench.Nodes;

/// <summary>
/// One node: polls, acknowledges what comes, "runs" it and reports. It obeys the protocol as an agent does, a poll after the other
/// on one connection; what ends while it polls is reported on a second one.
/// </summary>
internal sealed class SimulatedNode(NodeIdentity node, int number, SimulatorOptions options, Counts counts, Action<long> answered) : IDisposable
{
    private const string Messages = "ec2messages";
    private const string Plugin = "aws:runShellScript";

    // as an agent does, a node remembers what it ran; what is older than so many commands does not come again
    private const int TakenMax = 256;

    private static readonly TimeSpan AfterFault = TimeSpan.FromSeconds(1);

    private readonly RequestSigner _signer = new(node, options.Server.ToString(), options.Region);
    private readonly Wire _polling = new(options.Server, number);
    private readonly SemaphoreSlim _oneReport = new(1);
    private Wire? _reporting;
    private DateTimeOffset _nextBeat = Now + (options.Heartbeat * ((number % 300) / 300.0));
    private readonly HashSet<string> _taken = new(StringComparer.Ordinal);
    private int _runs;

    private static DateTimeOffset Now => TimeProvider.System.GetUtcNow();

    /// <summary>Lives until told to stop. <paramref name="polls"/> is called when the first poll is on its way.</summary>
    public async Task Live(Action polls, CancellationToken stop)
    {
        var announce = polls;
        while (!stop.IsCancellationRequested)
        {
            try
            {
                await Poll(announce, stop);
                announce = static () => { };
                if (Now >= _nextBeat)
                {
                    await Beat(stop);
                }
            }
            catch (OperationCanceledException)
            {
                return;
            }
            catch (Exception e) when (e is IOException or SocketException)
            {
                _polling.Drop();
                counts.Error($"{node.NodeId}: {e.Message}");
                await Task.Delay(AfterFault, TimeProvider.System, stop).ContinueWith(static _ => { }, TaskScheduler.Default);
            }
        }
    }

    private async Task Poll(Action announce, CancellationToken stop)
    {
        // a request's bytes are let go while the poll is held: ten thousand of them are worth something
        await _polling.Send(Request(NodeTargets.GetMessages, Messages, $$"""
            {"Destination":"{{node.NodeId}}","MessagesRequestId":"{{node.NodeId}}-{{counts.Errors}}","VisibilityTimeoutInSeconds":10}
            """), stop);
        announce();
        List<(string Id, bool IsCancel)> messages;
        using (var answer = await _polling.Receive(stop))
        {
            counts.Polled();
            if (!IsGood(answer, "poll"))
            {
                await Task.Delay(AfterFault, TimeProvider.System, stop);
                return;
            }

            messages = Read(answer.Body);
        }

        foreach (var (id, isCancel) in messages)
        {
            counts.Delivered();
            await Take(id, isCancel, stop);
        }
    }

    private async Task Take(string id, bool isCancel, CancellationToken stop)
    {
        if (options.Progress)
        {
            await Call(_polling, NodeTargets.SendReply, Reply(id, "progress", ReplyStatus.InProgress, null), stop);
        }

        await Call(_polling, NodeTargets.AcknowledgeMessage, JsonSerializer.Serialize(new AcknowledgeMessageRequest(id), NodeJson.Wire.AcknowledgeMessageRequest), stop);
        counts.Acknowledged();
        if (isCancel || !_taken.Add(id))
        {
            return;
        }

        if (_taken.Count > TakenMax)
        {
            _taken.Clear();
        }

        if (options.Run == TimeSpan.Zero)
        {
            await Report(_polling, id, stop);
            return;
        }

        _ = RunBeside(id, stop);
    }

    private async Task RunBeside(string id, CancellationToken stop)
    {
        try
        {
            await Task.Delay(options.Run, TimeProvider.System, stop);
            await _oneReport.WaitAsync(stop);
            try
            {
                await Report(_reporting ??= new Wire(options.Server, number), id, stop);
            }
            finally
            {
                _reporting?.Drop();
                _oneReport.Release();
            }
        }
        catch (OperationCanceledException)
        {
            // the simulator ends
        }
        catch (Exception e) when (e is IOException or SocketException)
        {
            counts.Error($"{node.NodeId}: {e.Message}");
        }
    }

    private async Task Report(Wire wire, string id, CancellationToken stop)
    {
        // spread evenly rather than drawn: a run's counts can be foretold
        var run = Interlocked.Increment(ref _runs) + number;
        var failed = (int)(run * options.Failing) != (int)((run - 1) * options.Failing);
        var status = failed ? ReplyStatus.Failed : ReplyStatus.Success;
        if (await Call(wire, NodeTargets.SendReply, Reply(id, "final", status, failed ? 1 : 0), stop))
        {
            answered(counts.Answered(failed));
        }
    }

    private async Task Beat(CancellationToken stop)
    {
        _nextBeat = Now + options.Heartbeat;
        var news = new UpdateInstanceInformationRequest(
            node.NodeId, "bench-node", "1.0", "Active", "Linux", "Debian GNU/Linux", "13", $"machine-{number}", "127.0.0.1", null, null);
        if (await Call(_polling, NodeTargets.UpdateInstanceInformation, JsonSerializer.Serialize(news, NodeJson.Wire.UpdateInstanceInformationRequest), stop))
        {
            counts.Beat();
        }
    }

    private async Task<bool> Call(Wire wire, string target, string body, CancellationToken stop)
    {
        var service = target == NodeTargets.UpdateInstanceInformation ? "ssm" : Messages;
        using var answer = await wire.Exchange(Request(target, service, body), stop);
        return IsGood(answer, target);
    }

    private bool IsGood(Answer answer, string what)
    {
        if (answer.Status == 200)
        {
            return true;
        }

        counts.Error($"{node.NodeId}: {what} was answered {answer.Status}: {Encoding.UTF8.GetString(answer.Body)}");
        return false;
    }

    private ReadOnlyMemory<byte> Request(string target, string service, string body)
    {
        var buffer = new ArrayBufferWriter<byte>(2048);
        lock (_signer)
        {
            _signer.Write(buffer, service, target, Encoding.UTF8.GetBytes(body), Now);
        }

        return buffer.WrittenMemory;
    }

    private string Reply(string messageId, string what, string status, int? code)
    {
        var now = NodeInstant.Format(Now);
        var text = new string('x', options.OutputBytes);
        var result = code is null ? null : new PluginResult(
            status, code.Value, Plugin, text, now, now, "", "", "", text, code == 0 ? "" : $"failed to run commands: exit status {code}");
        var payload = new ReplyPayload(
            new ReplyInfo(new ReplyAgent("en-US", "bench-node", "linux", "1", "1.0"), now, "", result is null ? null : new Dictionary<string, int> { [status] = 1 }),
            status, "", result is null ? null : new Dictionary<string, PluginResult> { [Plugin] = result });
        return JsonSerializer.Serialize(
            new SendReplyRequest(messageId, JsonSerializer.Serialize(payload, NodeJson.Wire.ReplyPayload), $"{messageId}/{what}"), NodeJson.Wire.SendReplyRequest);
    }

    /// <summary>Ids and topics, found without parsing: within a payload, which is a text, quotes are escaped.</summary>
    private static List<(string Id, bool IsCancel)> Read(ReadOnlySpan<byte> body)
    {
        var found = new List<(string, bool)>();
        while (body.IndexOf("\"MessageId\":\""u8) is >= 0 and var at)
        {
            body = body[(at + 13)..];
            var id = Encoding.ASCII.GetString(body[..body.IndexOf((byte)'"')]);
            body = body[(body.IndexOf("\"Topic\":\""u8) + 9)..];
            found.Add((id, body.StartsWith("aws.ssm.cancelCommand"u8)));
        }

        return found;
    }

    public void Dispose()
    {
        _polling.Dispose();
        _reporting?.Dispose();
        _oneReport.Dispose();
    }
}
