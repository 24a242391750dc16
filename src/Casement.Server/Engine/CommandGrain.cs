namespace Casement.Server.Engine;

/// <summary>One turn at a time for a command: saves the waste of two that would write the same.</summary>
public interface ICommandGrain : IGrainWithStringKey
{
    Task Expire();
}

/// <summary>Reads rows and decides again; holds nothing.</summary>
internal sealed class CommandGrain(Backstage backstage) : Grain, ICommandGrain
{
    public Task Expire() => CommandDeadlines.Apply(backstage, this.GetPrimaryKeyString());
}
