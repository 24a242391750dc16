using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace Casement.Bench.Decisions;

/// <summary>Cedar from npm in a node process of its own; absent where node or npm is.</summary>
internal static class Cedar
{
    private const string Package = "@cedar-policy/cedar-wasm@4.13.0";
    private const string Api = "preparsePolicySet, statefulIsAuthorized";

    private static readonly string _root = Environment.GetEnvironmentVariable("CASEMENT_ROOT")!;
    private static readonly string _folder = Path.Combine(_root, "artifacts", "bench", "cedar");

    public sealed record Measured(double PerSecond, string Version)
    {
        public string Name => $"Cedar {Version} ({Api})";
    }

    /// <summary>Null where it cannot be installed.</summary>
    /// <exception cref="InvalidOperationException">It answers otherwise than expected.</exception>
    public static Measured? Measure(Load load, double seconds)
    {
        if (!Install())
        {
            return null;
        }

        var questions = Path.Combine(_folder, "questions.json");
        File.WriteAllText(questions, JsonSerializer.Serialize(new { policies = load.CedarPolicies, calls = load.Questions.Select(CallOf) }));
        var module = Path.Combine(_folder, "node_modules", "@cedar-policy", "cedar-wasm", "nodejs");
        var script = Path.Combine(_root, "bench", "Decisions", "cedar.cjs");
        var (code, output) = Run("node", script, module, questions, seconds.ToString(CultureInfo.InvariantCulture));
        if (code != 0)
        {
            throw new InvalidOperationException($"Cedar failed: {output}");
        }

        using var answer = JsonDocument.Parse(output);
        var wrong = answer.RootElement.GetProperty("wrong");
        return wrong.GetArrayLength() == 0
            ? new Measured(answer.RootElement.GetProperty("perSecond").GetDouble(), answer.RootElement.GetProperty("version").GetString()!)
            : throw new InvalidOperationException($"Cedar decides otherwise: {wrong}");
    }

    private static object CallOf(Question question)
    {
        var principal = new { type = "User", id = question.Caller };
        var action = new { type = "Action", id = question.Action };
        var resource = new { type = "Resource", id = question.Resource };
        var service = question.Action[..question.Action.IndexOf(':', StringComparison.Ordinal)];
        object[] entities =
        [
            new { uid = principal, attrs = new { }, parents = new[] { new { type = "Group", id = question.Caller + "s" }, new { type = "Group", id = "everyone" } } },
            new { uid = action, attrs = new { }, parents = new[] { new { type = "Action", id = service + ":*" } } },
            new { uid = resource, attrs = new { arn = question.Resource }, parents = Array.Empty<object>() },
        ];
        return new { call = new { principal, action, resource, context = question.CedarContext, entities }, allowed = question.IsAllowed };
    }

    private static bool Install()
    {
        if (Directory.Exists(Path.Combine(_folder, "node_modules", "@cedar-policy", "cedar-wasm")))
        {
            return true;
        }

        Directory.CreateDirectory(_folder);
        File.WriteAllText(Path.Combine(_folder, "package.json"), """{"private":true}""");
        try
        {
            return Run("npm", "install", "--prefix", _folder, "--no-audit", "--no-fund", "--no-save", Package).Code == 0;
        }
        catch (Win32Exception)
        {
            return false;
        }
    }

    private static (int Code, string Output) Run(string file, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(file, arguments) { RedirectStandardOutput = true })!;
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output);
    }
}
