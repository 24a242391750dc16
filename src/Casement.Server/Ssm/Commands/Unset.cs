using Casement.Storage;

namespace Casement.Server.Ssm.Commands;

/// <summary>How AWS shows parts of a command that nobody set: present, with empty values.</summary>
internal static class Unset
{
    public static NotificationConfig Notifications(CommandTerms terms) => new()
    {
        NotificationArn = terms.NotificationArn ?? "",
        NotificationEvents = terms.NotificationEvents ?? [],
        NotificationType = terms.NotificationType ?? "",
    };

    public static CloudWatchOutputConfig Logs(CommandTerms terms) => new()
    {
        CloudWatchLogGroupName = terms.CloudWatchLogGroupName ?? "",
        CloudWatchOutputEnabled = terms.CloudWatchOutputEnabled ?? false,
    };
}
