using System.Security.Cryptography;

namespace Casement.Agent.Server;

/// <summary>
/// The node's key and, while it is being replaced, the one that takes its place. Both are stored before the server hears of
/// either, so that wherever the agent dies it still holds the one that the server takes.
/// </summary>
internal sealed class NodeKey(NodeDirectory directory, TimeSpan? replaceAfter, TimeProvider clock) : IDisposable
{
    internal RSA Present { get; private set; } = directory.ReadKey();

    /// <summary>Null unless a replacement was begun: the server may know the one or the other.</summary>
    internal RSA? Next { get; private set; } = directory.ReadNextKey();

    internal bool IsOld => replaceAfter is { } limit && clock.GetUtcNow() - directory.KeyStoredAt > limit;

    /// <summary>The key to offer; one that was offered before is offered again.</summary>
    internal RSA Begin()
    {
        if (Next is null)
        {
            Next = RSA.Create(RegistrationKey.Bits);
            directory.StoreNextKey(Next);
        }
        CrashPoint.Pass(CrashPoint.AgentNextKeyStored);
        return Next;
    }

    /// <summary>The server takes the next key and no other.</summary>
    internal void Finish()
    {
        directory.AdoptNextKey();
        Present.Dispose();
        (Present, Next) = (Next!, null);
    }

    /// <summary>The server will never take the next key.</summary>
    internal void GiveUp()
    {
        directory.DropNextKey();
        Next?.Dispose();
        Next = null;
    }

    public void Dispose()
    {
        Present.Dispose();
        Next?.Dispose();
    }
}
