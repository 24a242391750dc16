using System.CommandLine;
using System.Xml;
using Casement.Cli.Calls;
using Casement.Cli.Servers;

namespace Casement.Cli.Verbs;

internal sealed class ClockVerb : Verb
{
    private readonly Option<string?> _data;

    internal ClockVerb()
        : base(
            "clock",
            "Shows and moves the clock of a server that was started with --ephemeral --clock manual.",
            "casement clock",
            "casement clock advance PT1H")
    {
        _data = DataDirectory();
        Group(new AdvanceVerb());
    }

    internal override Task<int> Run(Invocation invocation) => Advance(invocation, "PT0S", invocation.Text(_data));

    private static async Task<int> Advance(Invocation invocation, string duration, string? data)
    {
        // an advance answers when everything due on the way is decided
        using var client = await Connection.Open(invocation, patient: true, data);
        var reply = await client.Own(
            "clock", new MoveClockRequest(duration), WireJson.Plain.MoveClockRequest, WireJson.Plain.MoveClockReply, invocation.Stop);
        var now = reply.Now ?? throw new FailureException(ExitCodes.AnythingElse, "The server's answer names no instant.");
        if (invocation.Terminal.Json)
        {
            invocation.Terminal.Answer(new ClockAnswer(1, now), AnswerJson.Plain.ClockAnswer);
        }
        else
        {
            invocation.Terminal.Answer(now);
        }

        return ExitCodes.Done;
    }

    private sealed class AdvanceVerb : Verb
    {
        private readonly Argument<string> _duration = new("DURATION")
        {
            Description = "ISO 8601: PT90S, PT1H, P1DT12H.",
        };

        private readonly Option<string?> _data;

        internal AdvanceVerb()
            : base(
                "advance",
                "Moves the clock forward through every instant at which something is due, and prints where it stands then.",
                "casement clock advance PT1H",
                "casement clock advance P7D")
        {
            Command.Add(_duration);
            _data = DataDirectory();
        }

        internal override Task<int> Run(Invocation invocation)
        {
            var text = invocation.Parsed.GetValue(_duration)!;
            return IsForward(text)
                ? Advance(invocation, text, invocation.Text(_data))
                : throw FailureException.Usage($"DURATION is an ISO 8601 duration forward in time such as PT1H or P7D, without years and months, not '{text}'.");
        }

        /// <summary>Years and months have no length of their own.</summary>
        private static bool IsForward(string text)
        {
            if (text.Split('T')[0].AsSpan().ContainsAny('Y', 'M'))
            {
                return false;
            }

            try
            {
                return XmlConvert.ToTimeSpan(text) > TimeSpan.Zero;
            }
            catch (Exception fault) when (fault is FormatException or OverflowException)
            {
                return false;
            }
        }
    }
}
