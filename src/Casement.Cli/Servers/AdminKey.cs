using Casement.Aws.Signing;

namespace Casement.Cli.Servers;

/// <summary>The key of the user <c>admin</c>, in <c>admin.env</c> of the data directory.</summary>
internal static class AdminKey
{
    internal static string PathIn(string data) => Path.Combine(data, "admin.env");

    /// <exception cref="FailureException">There is no such file, it may not be read, or it holds no key.</exception>
    internal static AwsCredentials Read(string data)
    {
        var path = PathIn(data);
        try
        {
            var values = new Dictionary<string, string>(StringComparer.Ordinal);
            foreach (var line in File.ReadLines(path))
            {
                if (line.Split('=', 2) is [var name, var value])
                {
                    values[name.Trim()] = value.Trim();
                }
            }

            return values.TryGetValue("AWS_ACCESS_KEY_ID", out var id) && values.TryGetValue("AWS_SECRET_ACCESS_KEY", out var secret)
                ? new AwsCredentials(id, secret)
                : throw FailureException.Environment($"{path} holds no AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.");
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw FailureException.Environment($"The admin's key cannot be read: {fault.Message}");
        }
    }
}
