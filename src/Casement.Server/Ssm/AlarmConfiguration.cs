using Casement.Aws.Wire;

namespace Casement.Server.Ssm;

/// <summary>The alarm that stops a task or command.</summary>
public sealed record AlarmConfiguration
{
    public bool? IgnorePollAlarmFailure { get; init; }

    [Required, Length(1, 1)]
    public IReadOnlyList<Alarm>? Alarms { get; init; }
}

public sealed record Alarm
{
    [Required, Length(1, 255), Pattern(@"^(?!\s*$).+")]
    public string? Name { get; init; }
}

public sealed record AlarmStateInformation
{
    public string? Name { get; init; }

    /// <summary><c>UNKNOWN</c> or <c>ALARM</c>.</summary>
    public string? State { get; init; }
}
