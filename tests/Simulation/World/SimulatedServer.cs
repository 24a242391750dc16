using Casement.Aws;
using Casement.Server;
using Casement.Server.Engine;
using Casement.Server.Iam;
using Casement.Server.Operations;
using Casement.Simulation.Tests.Machinery;
using Casement.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Casement.Simulation.Tests.World;

/// <summary>The process was killed here.</summary>
internal sealed class PowerLoss() : Exception("The server died.");

/// <summary>
/// One life of the server: the product's own composition over the product's own database, with the loops of its two clocks on the
/// simulation's time. Everything in it is gone with it, except the file.
/// </summary>
internal sealed class SimulatedServer : IDisposable
{
    private const long LookAgainMs = 30_000;
    private const long AfterFaultMs = 1_000;
    private const long IdleMs = 50 * 60_000;
    private static readonly MasterKey Master = MasterKey.Parse(MasterKey.NewFileText())!;

    private readonly Simulation _simulation;
    private readonly ServiceProvider _services;
    private readonly Dictionary<string, SemaphoreSlim> _turns = new(StringComparer.Ordinal);
    private readonly List<Action> _broken = [];
    private readonly Alarm _windowAlarm;
    private readonly Alarm _commandAlarm;
    private readonly ExecutionBells _executions;

    public SimulatedServer(Simulation simulation, string file, Quotas quotas)
    {
        _simulation = simulation;
        Lane = new Lane(simulation.Loop);
        _windowAlarm = new Alarm(simulation.Loop, Lane);
        _commandAlarm = new Alarm(simulation.Loop, Lane);
        Database = Database.OpenStepped(new DatabaseOptions(file, Durable: false) { Faults = simulation.FaultOfCommit }, simulation.AtCommit);
        var services = new ServiceCollection();
        services.AddSingleton<ILoggerFactory, LoggerFactory>();
        services.AddSingleton(typeof(ILogger<>), typeof(Microsoft.Extensions.Logging.Abstractions.NullLogger<>));
        services.AddSingleton<NodeBells>(new PollBells(simulation.Loop, Lane, () => simulation.Happens(w => w.BellsLost, "a node's bell is lost")));
        var settings = new Settings { DataDirectory = "", Account = Simulation.Account, Quotas = quotas };
        services.AddCasement(settings, new Clock(simulation.Clock, simulation.Clock), Database, Master, new IamVersions());
        _services = services.BuildServiceProvider();
        Backstage = _services.GetRequiredService<Backstage>();
        _executions = new Turns(Turn, Seen);
        Commands = new CommandClock(Backstage, new SeenFaults<CommandClock>(Seen));
        Windows = new WindowClock(Backstage, _executions, Commands, new SeenFaults<WindowClock>(Seen));
    }

    public Lane Lane { get; }

    public Database Database { get; }

    public Backstage Backstage { get; }

    private WindowClock Windows { get; }

    private CommandClock Commands { get; }

    public void Start()
    {
        var bells = Backstage.Bells;
        bells.OnClock(dueMs => Heard(_windowAlarm, dueMs, "the clock's bell is lost"));
        bells.OnCommandDue(dueMs => Heard(_commandAlarm, dueMs, "the bell of a deadline is lost"));
        bells.OnExecution((_, id) => Lane.Do(() => Rung(id)));
        _simulation.Start(Lane, WindowLoop);
        _simulation.Start(Lane, CommandLoop);
    }

    /// <summary>Somebody set the wall clock, or bells were lost: the loops notice within half a minute.</summary>
    public void LooksAgain()
    {
        _windowAlarm.LookAgainIn(LookAgainMs);
        _commandAlarm.LookAgainIn(LookAgainMs);
    }

    /// <summary>A call of somebody outside; it breaks when the server dies.</summary>
    public async Task<TReply> Serve<TRequest, TReply>(Operation<TRequest, TReply> operation, TRequest request, Principal by, CancellationToken aborted)
        where TRequest : class
        where TReply : class
    {
        var answer = new TaskCompletionSource<TReply>(TaskCreationOptions.RunContinuationsAsynchronously);
        void Break() => answer.TrySetException(new BrokenConnection());
        _broken.Add(Break);
        _simulation.Start(Lane, async () =>
        {
            try
            {
                var call = new Call(Backstage, operation, Simulation.Scope, by, new Source("127.0.0.1", false, null, null), aborted);
                var reply = (TReply)await Pipeline.Run(call, request);
                answer.TrySetResult(reply);
            }
            catch (AwsException e)
            {
                answer.TrySetException(e);
            }
            catch (OperationCanceledException)
            {
                Break();
            }
            catch (StorageException e)
            {
                answer.TrySetException(new AwsException("InternalServerError", e.Message, 500));
            }
        });
        try
        {
            return await answer.Task;
        }
        finally
        {
            _broken.Remove(Break);
        }
    }

    /// <summary>As by SIGKILL: nothing of it runs any further, and whoever waits for it hears that the connection broke.</summary>
    public void Dispose()
    {
        Lane.End();
        List<Action> broken = [.. _broken];
        broken.ForEach(b => b());
        Database.Dispose();
        _services.Dispose();
        Commands.Dispose();
        Windows.Dispose();
    }

    /// <summary>Where Orleans would be: a turn that fails is looked after by the clock.</summary>
    private sealed class Turns(Func<string, Task> turn, Action<Exception> seen) : ExecutionBells
    {
        public override async Task Decide(string executionId)
        {
            try
            {
                await turn(executionId);
            }
            catch (Exception e)
            {
                seen(e);
            }
        }
    }

    private async Task WindowLoop()
    {
        var started = false;
        while (true)
        {
            var wait = AfterFaultMs;
            try
            {
                _windowAlarm.UntilMs = long.MaxValue;
                if (!started)
                {
                    await Database.Write(new ExecutionRunner(Backstage).ReleaseWaiting);
                    started = true;
                }

                wait = WaitFor(_windowAlarm, await Windows.Sweep());
            }
            catch (StorageException)
            {
                // tried again in a second, as the product's loop does
            }

            await _windowAlarm.Sleep(wait);
        }
    }

    private async Task CommandLoop()
    {
        while (true)
        {
            var wait = AfterFaultMs;
            try
            {
                _commandAlarm.UntilMs = long.MaxValue;
                wait = WaitFor(_commandAlarm, await Commands.Sweep());
            }
            catch (StorageException)
            {
            }

            await _commandAlarm.Sleep(wait);
        }
    }

    // looks that would find nothing are left out
    private long WaitFor(Alarm alarm, long? nextMs)
    {
        alarm.UntilMs = nextMs ?? long.MaxValue;
        return nextMs is { } next ? Math.Clamp(next - _simulation.Clock.NowMs, 0, IdleMs) : IdleMs;
    }

    // as the product's loops: what is later than that for which one sleeps is no news
    private void Heard(Alarm alarm, long dueMs, string lost)
    {
        if (dueMs >= alarm.UntilMs)
        {
            return;
        }

        if (_simulation.Happens(w => w.BellsLost, lost))
        {
            alarm.LookAgainIn(LookAgainMs);
        }
        else
        {
            Lane.Do(alarm.Ring);
        }
    }

    private void Rung(string executionId)
    {
        if (_simulation.Happens(w => w.BellsLost, "an execution's bell is lost"))
        {
            _windowAlarm.LookAgainIn(LookAgainMs);
            return;
        }

        _executions.Ring(executionId);
        if (_simulation.Happens(w => w.BellsTwice, "an execution's bell rings twice"))
        {
            _executions.Ring(executionId);
        }
    }

    // the grain's turn; in a partition two of them at once
    private async Task Turn(string executionId)
    {
        await _simulation.Loop.Sleep(Lane, 0);
        if (_simulation.Happens(w => w.TurnsFail, "a turn fails"))
        {
            _windowAlarm.LookAgainIn(LookAgainMs);
            throw new TimeoutException("The grain did not answer.");
        }

        if (_simulation.Happens(w => w.TurnsAtOnce))
        {
            await new ExecutionRunner(Backstage).Advance(executionId);
            return;
        }

        if (!_turns.TryGetValue(executionId, out var turn))
        {
            _turns[executionId] = turn = new SemaphoreSlim(1, 1);
        }

        await turn.WaitAsync();
        try
        {
            await new ExecutionRunner(Backstage).Advance(executionId);
        }
        finally
        {
            turn.Release();
        }
    }

    private void Seen(Exception e)
    {
        var expected = e is StorageException or TimeoutException or AwsException { Status: 500 };
        if (!expected)
        {
            _simulation.Fail(new Violation("no unexpected exception", e.ToString()));
        }

        // its wake-up stands in its row
        _windowAlarm.LookAgainIn(LookAgainMs);
    }
}

/// <summary>The other side is gone, or the wire is; nobody knows what was done.</summary>
internal sealed class BrokenConnection() : Exception("The connection broke.");
