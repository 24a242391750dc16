using System.Collections.Frozen;
using Casement.Aws;
using Casement.Server.Operations;
using Casement.Storage;

namespace Casement.Server.Ssm.Documents;

/// <summary>The documents that come with Casement, under the names of those that AWS owns.</summary>
internal static class DocumentLibrary
{
    /// <summary>The only version there is of each.</summary>
    public const string Version = "1";

    public const string Amazon = "Amazon";

    /// <summary>When they were published: one fixed instant, so that every server tells the same.</summary>
    public static readonly DateTimeOffset Created = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private static readonly FrozenDictionary<string, CommandDocument> ByName = Read().ToFrozenDictionary(d => d.Name, StringComparer.Ordinal);

    public static IReadOnlyList<CommandDocument> All { get; } = [.. ByName.Values.OrderBy(d => d.Name, StringComparer.Ordinal)];

    /// <summary>By name, or by the ARN of an AWS-owned document.</summary>
    public static CommandDocument? Find(string? name) => name is null ? null : ByName.GetValueOrDefault(NameOf(name));

    /// <exception cref="AwsException">InvalidDocument, or InvalidDocumentVersion.</exception>
    public static CommandDocument Demand(string name, string? version, string? versionName = null)
    {
        var document = Find(name) ?? throw new AwsException("InvalidDocument", $"The specified document does not exist: {name}");
        if (version is not (null or "$DEFAULT" or "$LATEST" or Version) || versionName is not null)
        {
            throw new AwsException("InvalidDocumentVersion", $"The document version {versionName ?? version} of {document.Name} is not valid or does not exist.");
        }

        return document;
    }

    /// <summary>AWS-owned documents have no account in their ARN.</summary>
    public static string Arn(Scope scope, string? name) => name switch
    {
        null or "" => Access.AnyOf(scope),
        _ when name.StartsWith("arn:", StringComparison.Ordinal) => name,
        _ => $"arn:aws:ssm:{scope.Region}:{(ByName.ContainsKey(name) || name.StartsWith("AWS-", StringComparison.Ordinal) ? "" : scope.Account)}:document/{name}",
    };

    /// <summary>The permission on a document.</summary>
    public static Access To(string action, string? name, Call call) => new(action, Arn(call.Scope, name))
    {
        Keys = Find(name) is null ? [] : [KeyValuePair.Create("ssm:DocumentType", "Command")],
    };

    private static string NameOf(string name)
    {
        var slash = name.IndexOf(":document/", StringComparison.Ordinal);
        return slash < 0 ? name : name[(slash + ":document/".Length)..];
    }

    private static List<CommandDocument> Read()
    {
        var assembly = typeof(DocumentLibrary).Assembly;
        return
        [
            .. assembly.GetManifestResourceNames().Where(n => n.StartsWith("AWS-", StringComparison.Ordinal)).Select(resource =>
            {
                using var reader = new StreamReader(assembly.GetManifestResourceStream(resource)!);
                return CommandDocument.Parse(Path.GetFileNameWithoutExtension(resource), Amazon, reader.ReadToEnd());
            }),
        ];
    }
}
