namespace Casement.Bench;

/// <summary>One line of <c>results.md</c>: what was measured, beside what, and whether that is enough.</summary>
/// <param name="What">What was measured, in a few words.</param>
/// <param name="Value">What Casement reached.</param>
/// <param name="Unit">The unit of both values: <c>calls/s</c>, <c>ms</c>, <c>MiB</c>.</param>
/// <param name="Beside">The peer or limit, measured in the same run; <c>no peer here</c> when it is not installed.</param>
/// <param name="BesideValue">What the peer or limit reached; null without one.</param>
/// <param name="Ratio">Casement's share of or lead over the peer, as <paramref name="Target"/> words it; null without a peer.</param>
/// <param name="Target">What is to be reached, in words.</param>
/// <param name="Reached">Whether it was; null for a line that only informs.</param>
/// <param name="Note">The settings that were on, how the cost grows, and for a miss what bounds it.</param>
internal sealed record Row(
    string What, double Value, string Unit, string Beside, double? BesideValue, double? Ratio, string Target, bool? Reached, string Note);
