using NodaTime;

namespace Casement.Executions;

/// <summary>One computed opening of a window.</summary>
/// <param name="At">The scheduled instant; identifies the occurrence within its window.</param>
/// <param name="CutoffAt">
/// No task starts at or after this instant. Counted from <paramref name="At"/>, however late the window opens.
/// </param>
/// <param name="CloseAt">The window's end. It changes no status: what it would stop was stopped at the cutoff.</param>
public sealed record Occurrence(Instant At, Instant CutoffAt, Instant CloseAt);
