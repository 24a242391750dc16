using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Casement.Cli.Calls;

/// <summary>The <c>aws</c> command that makes the same call. It is written from the very request that is sent.</summary>
internal static class AwsLine
{
    internal static string Of(string service, string operation, IEnumerable<KeyValuePair<string, string>> members)
    {
        var line = new StringBuilder($"aws {service} {Dashed(operation)}");
        foreach (var (name, value) in members)
        {
            line.Append(" --").Append(Dashed(name));
            if (value != "true")
            {
                line.Append(' ').Append(ShellText.Word(value));
            }
        }

        return line.ToString();
    }

    internal static string Of<T>(string service, string operation, T request, JsonTypeInfo<T> type)
    {
        var line = new StringBuilder($"aws {service} {Dashed(operation)}");
        using var document = JsonSerializer.SerializeToDocument(request, type);
        foreach (var member in document.RootElement.EnumerateObject())
        {
            line.Append(member.Value.ValueKind == JsonValueKind.False ? " --no-" : " --").Append(Dashed(member.Name));
            switch (member.Value.ValueKind)
            {
                case JsonValueKind.True or JsonValueKind.False:
                    break;
                case JsonValueKind.String:
                    line.Append(' ').Append(ShellText.Word(member.Value.GetString()!));
                    break;
                default:
                    line.Append(' ').Append(ShellText.Word(member.Value.GetRawText()));
                    break;
            }
        }

        return line.ToString();
    }

    /// <summary><c>ServiceRoleArn</c> becomes <c>service-role-arn</c>, <c>IPAddress</c> becomes <c>ip-address</c>.</summary>
    private static string Dashed(string name)
    {
        var dashed = new StringBuilder(name.Length + 8);
        for (var index = 0; index < name.Length; index++)
        {
            var begins = index > 0 && char.IsAsciiLetterUpper(name[index])
                && (!char.IsAsciiLetterUpper(name[index - 1])
                    || (index + 1 < name.Length && char.IsAsciiLetterLower(name[index + 1])));
            dashed.Append(begins ? "-" : "").Append(char.ToLowerInvariant(name[index]));
        }

        return dashed.ToString();
    }
}
