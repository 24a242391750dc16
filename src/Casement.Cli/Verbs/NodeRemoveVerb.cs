using System.Buffers;
using System.CommandLine;
using Casement.Cli.Calls;
using Casement.Cli.Servers;

namespace Casement.Cli.Verbs;

internal sealed class NodeRemoveVerb : Verb
{
    private readonly Argument<string> _id = new("ID") { Description = "The node, mi- and 17 hexadecimal digits." };
    private readonly Option<string?> _data;

    internal NodeRemoveVerb()
        : base(
            "remove",
            "Takes a node out of service: its agent is refused from then on. Its results stay.",
            "casement node remove mi-0123456789abcdef0")
    {
        Command.Add(_id);
        _data = DataDirectory();
    }

    internal override async Task<int> Run(Invocation invocation)
    {
        var id = invocation.Parsed.GetValue(_id)!;
        if (id.Length != 20 || !id.StartsWith("mi-", StringComparison.Ordinal) || !id.AsSpan(3).ContainsOnlyHexDigits())
        {
            throw FailureException.Usage($"ID is mi- and 17 hexadecimal digits, not '{id}'.");
        }

        using var client = await Connection.Open(invocation, data: invocation.Text(_data));
        await client.Ssm(
            "DeregisterManagedInstance", new DeregisterNodeRequest(id), WireJson.Plain.DeregisterNodeRequest, WireJson.Plain.EmptyReply,
            invocation.Stop);
        if (invocation.Terminal.Json)
        {
            invocation.Terminal.Answer(new NodeRemovedAnswer(1, id), AnswerJson.Plain.NodeRemovedAnswer);
        }
        else
        {
            invocation.Terminal.Answer($"Removed {id}.");
        }

        return ExitCodes.Done;
    }
}

internal static class HexDigits
{
    private static readonly SearchValues<char> Digits = SearchValues.Create("0123456789abcdef");

    /// <summary>Lower case, as ids are written.</summary>
    internal static bool ContainsOnlyHexDigits(this ReadOnlySpan<char> text) => !text.ContainsAnyExcept(Digits);
}
