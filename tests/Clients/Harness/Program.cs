using System.Diagnostics;
using System.Text.Json;

namespace Casement.Clients.Tests.Harness;

/// <summary>What a program that ended had to say.</summary>
public sealed record Ended(int ExitCode, string Output, string Errors)
{
    public JsonElement Json => Output.Length == 0
        ? throw new InvalidOperationException($"Nothing on standard output, exit {ExitCode}; standard error: {Errors}")
        : JsonSerializer.Deserialize<JsonElement>(Output);

    /// <summary>This value, once it is sure that the program succeeded.</summary>
    public Ended Succeeded()
    {
        Assert.True(ExitCode == 0, $"exit {ExitCode}\n{Output}\n{Errors}");
        return this;
    }
}

/// <summary>Runs a program to its end, with exactly the environment that is given.</summary>
public static class Program
{
    public static TimeSpan Deadline { get; } = TimeSpan.FromSeconds(90);

    public static ProcessStartInfo Start(string file, IEnumerable<string> arguments, IReadOnlyDictionary<string, string>? environment = null)
    {
        var start = new ProcessStartInfo(file, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment.Clear();
        start.Environment["PATH"] = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
        start.Environment["LANG"] = "C.UTF-8";
        foreach (var kept in (ReadOnlySpan<string>)["DOTNET_ROOT", "HOME"])
        {
            start.Environment[kept] = Environment.GetEnvironmentVariable(kept);
        }

        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
        {
            start.Environment[name] = value;
        }

        return start;
    }

    public static async Task<Ended> Run(
        string file, IEnumerable<string> arguments, IReadOnlyDictionary<string, string>? environment = null, string? directory = null)
    {
        var start = Start(file, arguments, environment);
        start.WorkingDirectory = directory ?? "";
        using var process = Process.Start(start) ?? throw new InvalidOperationException($"{file} did not start.");
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        try
        {
            await process.WaitForExitAsync().WaitAsync(Deadline);
        }
        catch (TimeoutException)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"{file} {string.Join(' ', start.ArgumentList)} ran over {Deadline}.");
        }

        return new Ended(process.ExitCode, await output, await errors);
    }
}
