using System.CommandLine;
using System.Text;
using Casement.Aws.Signing;
using Casement.Cli.Posix;
using Casement.Cli.Servers;

namespace Casement.Cli.Verbs;

/// <summary>
/// Shell code that points a shell at the running server. The function is needed because older clients, Debian's <c>aws</c>
/// among them, ignore AWS_ENDPOINT_URL and would send their calls to AWS.
/// </summary>
internal sealed class EnvVerb : Verb
{
    private static readonly string[] Misleading =
    [
        "AWS_SESSION_TOKEN", "AWS_SECURITY_TOKEN", "AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS",
        "AWS_ENDPOINT_URL_SSM", "AWS_ENDPOINT_URL_IAM", "AWS_ENDPOINT_URL_STS", "AWS_ENDPOINT_URL_SNS",
    ];

    private readonly Option<string?> _data;

    internal EnvVerb()
        : base(
            "env",
            "Prints shell code that points this shell at the running server: the admin's key, the region, and a function aws.",
            "eval \"$(casement env)\"",
            "casement env --json")
        => _data = DataDirectory();

    internal override async Task<int> Run(Invocation invocation)
    {
        var ready = await RunningServer.Find(invocation.Text(_data), Environment.CurrentDirectory, invocation.Stop);
        var region = invocation.Text(CommonOptions.Region) ?? ready.Region;
        var key = AdminKey.Read(ready.Data);
        if (invocation.Terminal.Json)
        {
            invocation.Terminal.Answer(
                new EnvAnswer(
                    1, ready.Endpoint, region, ready.Account, key.AccessKeyId, key.SecretAccessKey, ready.CaFile, ready.Data, ready.Pid,
                    ready.Ephemeral),
                AnswerJson.Plain.EnvAnswer);
            return ExitCodes.Done;
        }

        var shown = Libc.IsTerminal(1) == 1;
        invocation.Terminal.Answer(Code(ready, region, key, shown));
        if (shown)
        {
            invocation.Terminal.Say($"This is for a shell to read: eval \"$({Invocation.OwnName} env)\"");
        }

        return ExitCodes.Done;
    }

    /// <param name="toBeSeen">The secret is then left in its file, where the code fetches it.</param>
    internal static string Code(Ready ready, string region, AwsCredentials key, bool toBeSeen)
    {
        var code = new StringBuilder();
        Export("AWS_ACCESS_KEY_ID", ShellText.Quoted(key.AccessKeyId));
        Export("AWS_SECRET_ACCESS_KEY", toBeSeen
            ? $"\"$(sed -n 's/^AWS_SECRET_ACCESS_KEY=//p' {ShellText.Quoted(AdminKey.PathIn(ready.Data))})\""
            : ShellText.Quoted(key.SecretAccessKey));
        Export("AWS_DEFAULT_REGION", ShellText.Quoted(region));
        Export("AWS_REGION", ShellText.Quoted(region));
        Export("AWS_ENDPOINT_URL", ShellText.Quoted(ready.Endpoint));
        if (ready.CaFile is { } authority)
        {
            Export("AWS_CA_BUNDLE", ShellText.Quoted(authority));
        }

        code.Append("unset ").AppendJoin(' ', Misleading).Append('\n');
        // an alias of that name would break the definition
        code.Append("unalias aws 2>/dev/null || :\n");
        code.Append("aws() { command aws --endpoint-url ").Append(ShellText.Quoted(ready.Endpoint)).Append(" \"$@\"; }");
        return code.ToString();

        void Export(string name, string value) => code.Append("export ").Append(name).Append('=').Append(value).Append('\n');
    }
}
