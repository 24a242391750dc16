using Casement.Cli;
using Casement.Cli.Terminals;

// not through Console: it writes keypad sequences to a terminal, also under NO_COLOR
await using var answer = StandardStream.Open(1);
await using var talk = StandardStream.Open(2);
using var interrupts = new Interrupts();
return await new CommandLine(TimeProvider.System).Run(args, answer, talk, interrupts);
