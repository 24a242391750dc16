using NodaTime;

namespace Casement.Server;

/// <summary>
/// The product's two clocks. Windows, executions, commands and activations follow <see cref="Product"/>, which can be moved on
/// an ephemeral server; signatures and tokens follow <see cref="Real"/>, which cannot.
/// </summary>
public sealed class Clock(TimeProvider product, TimeProvider real)
{
    public TimeProvider Product => product;

    public TimeProvider Real => real;

    /// <summary>Now, cut to the wire's resolution of milliseconds.</summary>
    public Instant Now => Instant.FromUnixTimeMilliseconds(product.GetUtcNow().ToUnixTimeMilliseconds());

    public DateTimeOffset RealNow => real.GetUtcNow();

    public long NowMs => product.GetUtcNow().ToUnixTimeMilliseconds();
}
