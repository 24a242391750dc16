using System.CommandLine;
using Casement.Cli.Verbs;

namespace Casement.Cli;

/// <summary>What <c>--help</c> prints: first an example, then the words.</summary>
internal static class Help
{
    private const int TextColumn = 28;
    private const int Width = 100;

    internal static void Write(Verb verb, Action<string> line)
    {
        foreach (var example in verb.Examples)
        {
            line($"$ {example}");
        }

        line("");
        Wrapped(verb.Command.Description ?? "", Width).ForEach(line);
        line("");
        line($"Usage: {Usage(verb)}");
        Section("Verbs", verb.Below.Where(below => !below.Command.Hidden)
            .Select(below => (below.Command.Name, below.Command.Description ?? "")), line);
        Section("Arguments", verb.Command.Arguments.Select(argument => (argument.HelpName ?? argument.Name, argument.Description ?? "")), line);
        Section("Options", verb.Command.Options.Where(option => !CommonOptions.All.Contains(option)).Select(Described), line);
        Section("Options of every verb", CommonOptions.All.Select(Described), line);
        if (verb is RootVerb)
        {
            line("");
            Wrapped("Not there yet: " + string.Join(", ", PlannedVerbs.Names) + ".", Width).ForEach(line);
            line("Exit codes: 0 done, 1 the answer is no, 2 still going, 3 cancelled or skipped, 130 interrupted,");
            line("  252 usage, 253 no server or a machine that is not as needed, 254 the service refused, 255 anything else.");
        }
    }

    private static string Usage(Verb verb)
    {
        var words = $"casement {CommandLine.Words(verb)}".TrimEnd();
        var arguments = string.Concat(verb.Command.Arguments.Select(argument => $" {argument.HelpName ?? argument.Name}"));
        return words + (verb.Below.Count > 0 ? " VERB" : "") + arguments + " [options]";
    }

    private static (string Name, string Description) Described(Option option)
        => (option.HelpName is { } value ? $"{option.Name} {value}" : string.Join(", ", [option.Name, .. option.Aliases]), option.Description ?? "");

    private static void Section(string title, IEnumerable<(string Name, string Description)> entries, Action<string> line)
    {
        var any = false;
        foreach (var (name, description) in entries)
        {
            if (!any)
            {
                line("");
                line($"{title}:");
                any = true;
            }

            var left = $"  {name}";
            foreach (var part in Wrapped(description, Width - TextColumn))
            {
                if (left.Length >= TextColumn)
                {
                    line(left);
                    left = "";
                }

                line((left.PadRight(TextColumn) + part).TrimEnd());
                left = "";
            }
        }
    }

    private static List<string> Wrapped(string text, int width)
    {
        var lines = new List<string> { "" };
        foreach (var word in text.Split(' '))
        {
            if (lines[^1].Length + word.Length + 1 > width)
            {
                lines.Add("");
            }

            lines[^1] += lines[^1].Length == 0 ? word : $" {word}";
        }

        return lines;
    }
}
