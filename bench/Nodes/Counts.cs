using System.Globalization;

namespace Casement.Bench.Nodes;

/// <summary>What all simulated nodes did together.</summary>
internal sealed class Counts
{
    private const int ErrorsShown = 10;

    private long _polls;
    private long _deliveries;
    private long _acknowledged;
    private long _answered;
    private long _failed;
    private long _heartbeats;
    private long _errors;

    public long Errors => Interlocked.Read(ref _errors);

    public void Polled() => Interlocked.Increment(ref _polls);

    public void Delivered() => Interlocked.Increment(ref _deliveries);

    public void Acknowledged() => Interlocked.Increment(ref _acknowledged);

    public long Answered(bool failed)
    {
        if (failed)
        {
            Interlocked.Increment(ref _failed);
        }

        return Interlocked.Increment(ref _answered);
    }

    public void Beat() => Interlocked.Increment(ref _heartbeats);

    public void Error(string what)
    {
        if (Interlocked.Increment(ref _errors) <= ErrorsShown)
        {
            Console.Error.WriteLine(what);
        }
    }

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"polls {_polls} deliveries {_deliveries} acknowledged {_acknowledged} answered {_answered} of-these-failed {_failed} heartbeats {_heartbeats} errors {_errors}");
}
