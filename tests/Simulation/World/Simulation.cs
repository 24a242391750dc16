using Casement.Server;
using Casement.Server.Operations;
using Casement.Simulation.Tests.Checks;
using Casement.Simulation.Tests.Machinery;
using Casement.Storage;

namespace Casement.Simulation.Tests.World;

/// <summary>One run: a seed, a world, and what is watched in it.</summary>
internal sealed class Simulation : IDisposable
{
    public const string Account = "123456789012";

    // whoever needs more has found a way to run in circles
    private const long StepsMax = 300_000;
    private const long DayMs = 24 * 3_600_000L;
    private readonly DirectoryInfo _directory = Template.NewDirectory();
    private readonly string _file;
    private readonly Quotas _quotas;
    private Violation? _violation;
    private bool _booting;

    public Simulation(ulong seed)
    {
        Dice = new Dice(seed);
        Weather = Weather.Of(Dice);
        StartMs = Timetable.Start(Dice).ToUnixTimeMilliseconds();
        Loop = new Loop(Dice, StartMs) { HasCommit = () => Server is { Database.Waiting: > 0 }, Commit = Commit, Stalls = Weather.Stalls, StallMs = () => Dice.Chance(50) ? Dice.Below(60_000) : Math.Min(UntilMark(1_000), 600_000) };
        Clock = new WrongClock(Loop);
        World = new Lane(Loop);
        History = new History(() => Loop.NowMs);
        _file = Template.In(_directory);
        _quotas = Quotas.Open with { Executions = Dice.Chance(30) ? Dice.Between(1, 2) : null };
        Watch = new Watch(_file, Clock, History) { Quota = _quotas.Executions };
        People = new People(this);
    }

    public static Scope Scope { get; } = new(Account, "us-east-1");

    public Dice Dice { get; }

    public Loop Loop { get; }

    public WrongClock Clock { get; }

    public Lane World { get; }

    public History History { get; }

    public Watch Watch { get; }

    public People People { get; }

    public Weather Weather { get; private set; }

    public long StartMs { get; }

    public SimulatedServer? Server { get; private set; }

    /// <summary>The whole run; what it throws, it found.</summary>
    public void Run()
    {
        Ids.DrawFrom(new Dice((ulong)Dice.Below(int.MaxValue)).Fill);
        try
        {
            Boot();
            var stormMs = StartMs + (Dice.Between(4, 10) * 3_600_000L);
            Start(World, People.Arrive);
            While(() => Loop.NowMs < stormMs);
            Calm();
            Start(World, People.Leave);
            var boundMs = Loop.NowMs + (8 * DayMs);
            While(() => !(People.HaveLeft && Watch.NothingIsOpen));
            Violation.Unless(Loop.NowMs < boundMs, "every execution ends", $"open after eight days: {Watch.Open()}");
            var restMs = Loop.NowMs + (3 * 3_600_000L);
            While(() => Loop.NowMs < restMs);
            Watch.Finish();
        }
        finally
        {
            Ids.DrawFrom(null);
        }
    }

    public void Start(Lane lane, Func<Task> actor) => lane.Do(async () =>
    {
        try
        {
            await actor();
        }
        catch (Violation v)
        {
            Fail(v);
        }
        catch (Exception e)
        {
            Fail(new Violation("no unexpected exception", e.ToString()));
        }
    });

    public void Fail(Violation violation) => _violation ??= violation;

    /// <summary>
    /// How long until shortly before or after something is to happen: a cutoff, an opening. Most of what can go wrong goes wrong there.
    /// </summary>
    public long UntilMark(long otherwiseMs) => Watch.NextMarkMs is { } markMs && markMs - Clock.NowMs is < 4 * 3_600_000 and var leftMs
        ? Math.Max(0, leftMs + Dice.Between(-120, 60))
        : otherwiseMs;

    /// <summary>Asks the dice, with the weather's odds, and writes down what they said.</summary>
    public bool Happens(Func<Weather, int> odds, string? said = null)
    {
        var happens = Dice.Rare(odds(Weather));
        if (happens && said is not null)
        {
            History.Say(said);
        }

        return happens;
    }

    /// <summary>A call over a network that loses, to a server that may not be there.</summary>
    public async Task<TReply> Call<TRequest, TReply>(
        Operation<TRequest, TReply> operation, TRequest request, Principal by, CancellationToken aborted = default)
        where TRequest : class
        where TReply : class
    {
        await Loop.Sleep(World, Dice.Below(30));
        if (Server is not { } server || Happens(w => w.RequestsLost, $"a request is lost: {operation.Name}"))
        {
            await Loop.Sleep(World, Dice.Milliseconds(20_000));
            throw new BrokenConnection();
        }

        var reply = await server.Serve(operation, request, by, aborted);
        if (Happens(w => w.RepliesLost, $"a reply is lost: {operation.Name}"))
        {
            await Loop.Sleep(World, Dice.Milliseconds(20_000));
            throw new BrokenConnection();
        }

        await Loop.Sleep(World, Dice.Below(30));
        return reply;
    }

    /// <summary>The server dies now and comes back later.</summary>
    public void Kill(string how)
    {
        if (Server is null)
        {
            return;
        }

        var downMs = Dice.Chance(Weather.LongDowntimes) ? Dice.Between(10, 300) * 60_000L : Dice.Milliseconds(90_000);
        History.Say($"the server dies {how}, for {downMs} ms");
        Server.Dispose();
        Server = null;
        _booting = true;
        Loop.At(World, downMs, Boot);
    }

    public void ClockWasSet() => Server?.LooksAgain();

    /// <summary>Called by the writer around each commit.</summary>
    public void AtCommit(bool durable) => PowerLossIf(Happens(w => durable ? w.DeathAfterCommit : w.DeathBeforeCommit));

    /// <summary>Asked by the writer before each commit.</summary>
    public CommitFault? FaultOfCommit() =>
        Happens(w => w.CommitFails, "a commit fails") ? Dice.Chance(50) ? new CommitFault.Refused() : new CommitFault.Lost(Kept: false)
        : Happens(w => w.CommitHoldsButIsReportedFailed, "a commit holds but is reported failed") ? new CommitFault.Lost(Kept: true)
        : Happens(w => w.StatementFails, "a statement fails") ? new CommitFault.AtStatement(Dice.Between(1, 12), LosesTransaction: Dice.Chance(50))
        : null;

    public void Dispose()
    {
        Server?.Dispose();
        Watch.Dispose();
        _directory.Delete(recursive: true);
    }

    private static void PowerLossIf(bool happens)
    {
        if (happens)
        {
            throw new PowerLoss();
        }
    }

    private void Boot()
    {
        _booting = false;
        Server = new SimulatedServer(this, _file, _quotas);
        History.Say("the server starts");
        Server.Start();
    }

    private void Calm()
    {
        History.Say("the weather calms");
        Weather = Weather.Calm;
        Loop.Stalls = 0;
        People.ChaosEnds();
        if (Server is null && !_booting)
        {
            Boot();
        }
    }

    private void While(Func<bool> goesOn)
    {
        var limitMs = Loop.NowMs + (10 * DayMs);
        while (goesOn() && Loop.NowMs < limitMs)
        {
            if (!Loop.Step())
            {
                return;
            }

            if (_violation is not null)
            {
                throw _violation;
            }

            Violation.Unless(Loop.Steps < StepsMax, "every run settles", $"{StepsMax} steps are not enough");
            if (Happens(w => w.DeathAtAStep))
            {
                Kill("between two steps");
            }
        }
    }

    private void Commit()
    {
        var most = Dice.Chance(50) ? 256 : Dice.Between(1, 3);
        try
        {
            Server!.Database.CommitWaiting(most);
        }
        catch (PowerLoss)
        {
            Kill("in a commit");
        }

        Watch.Look();
    }
}
