namespace Casement.Cli.Terminals;

/// <summary>How a line is meant. Each has a colour and, since colour only helps, a sign.</summary>
internal enum Tone
{
    Done = 1,
    Bad,
    Look,
    Running,
    Secondary,
}
