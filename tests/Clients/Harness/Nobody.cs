using System.Text;
using Casement.Aws.Signing;
using Casement.Server;
using Casement.Server.Iam;
using Casement.Storage;

namespace Casement.Clients.Tests.Harness;

/// <summary>
/// A user without any policy, written beside the running server into its database, so that these tests need no other
/// operation than the one they are about.
/// </summary>
public static class Nobody
{
    public static async Task<AwsCredentials> In(CasementServer server)
    {
        ArgumentNullException.ThrowIfNull(server);
        var master = MasterKeyOf(server);
        var scope = new Scope(server.Account, "");
        var user = new UserRow(Ids.Entity("AIDA"), SharedServer.Name("nobody"), "/", null, 0);
        var keyId = Ids.AccessKey("AKIA", server.Account);
        var secret = Ids.Secret();
        using var database = Database.Open(new DatabaseOptions(Path.Combine(server.Data, "casement.db")));
        await database.Write(tx =>
        {
            Users.Insert(tx, scope, user);
            AccessKeys.Insert(tx, new AccessKeyRow(
                keyId, server.Account, user.Id, "Active", master.Encrypt(Encoding.UTF8.GetBytes(secret), $"{server.Account}/{keyId}"), master.Id, 0));
        });
        return new AwsCredentials(keyId, secret);
    }

    public static MasterKey MasterKeyOf(CasementServer server)
    {
        ArgumentNullException.ThrowIfNull(server);
        return MasterKey.Parse(File.ReadAllText(Path.Combine(server.Data, "master.key")))!;
    }
}
