using Casement.Server.Iam;
using Casement.Storage;

namespace Casement.Server;

/// <summary>
/// The directory that holds everything: one server at a time, closed to others. Opening it makes what the first start needs,
/// in an order that leaves neither an unknown key nor a lying file wherever the process dies.
/// </summary>
public sealed class DataDirectory : IDisposable
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private readonly FileStream _lock;
    private readonly bool _ephemeral;

    private DataDirectory(string path, FileStream held, bool ephemeral)
    {
        Root = path;
        _lock = held;
        _ephemeral = ephemeral;
    }

    public string Root { get; }

    public string DatabaseFile => Path.Combine(Root, "casement.db");

    public string AdminFile => Path.Combine(Root, "admin.env");

    /// <summary>Whether a server has ever been started on the directory; one that never was must not be made by a start that is refused.</summary>
    public static bool IsUsed(Settings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        return File.Exists(Path.Combine(Path.GetFullPath(settings.DataDirectory), "lock"));
    }

    /// <exception cref="StartupException">It cannot be written, is open to others, or another server holds it.</exception>
    public static DataDirectory Open(Settings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        var path = Path.GetFullPath(settings.DataDirectory);
        try
        {
            if (!Directory.Exists(path))
            {
                Directory.CreateDirectory(path, OwnerOnly | UnixFileMode.UserExecute);
                DurableFile.SyncDirectoryOf(path);
            }
            else
            {
                RefuseOpenToOthers(path, "data directory");
            }

            // an unwritable directory is said before anything is made
            var held = new FileStream(
                Path.Combine(path, "lock"),
                new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.ReadWrite, Share = FileShare.None, UnixCreateMode = OwnerOnly });
            return new DataDirectory(path, held, settings.Ephemeral);
        }
        catch (UnauthorizedAccessException)
        {
            throw new StartupException($"The data directory {path} cannot be written: choose another with --data, or change its owner.");
        }
        catch (IOException e) when (File.Exists(Path.Combine(path, "lock")))
        {
            throw new StartupException($"The data directory {path} is in use by another server ({e.GetType().Name}): stop that one, or choose another directory with --data.");
        }
        catch (IOException e)
        {
            throw new StartupException($"The data directory {path} cannot be made: {e.Message}");
        }
    }

    /// <summary>Reads the master key, making it on the first start.</summary>
    public MasterKey ReadMasterKey(Settings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        var file = Path.GetFullPath(settings.MasterKeyFile ?? Path.Combine(Root, "master.key"));
        try
        {
            return ReadMasterKey(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StartupException($"The master key {file} cannot be read or made: {e.Message}");
        }
    }

    private MasterKey ReadMasterKey(string file)
    {
        if (!File.Exists(file))
        {
            if (File.Exists(DatabaseFile))
            {
                throw new StartupException($"The master key {file} is missing, and {DatabaseFile} was made with one: put it back, or name it with --master-key-file.");
            }

            DurableFile.Write(file, MasterKey.NewFileText());
        }

        RefuseOpenToOthers(file, "master key");
        return MasterKey.Parse(File.ReadAllText(file)) ?? throw new StartupException($"The master key {file} is not one: it must hold a key id and 32 bytes in base64.");
    }

    /// <summary>
    /// First start: the account, the user <c>admin</c>, and its key, written to <c>admin.env.new</c> before the commit and
    /// renamed after it. Later starts repair what a crash in between left.
    /// </summary>
    public async Task<FirstStart?> Prepare(Database database, Func<Tx, FirstStart> create)
    {
        ArgumentNullException.ThrowIfNull(database);
        ArgumentNullException.ThrowIfNull(create);
        var pending = AdminFile + ".new";
        if (database.Read(tx => Accounts.First(tx)) is not null)
        {
            RepairAdminFile(database, pending);
            return null;
        }

        FirstStart? made = null;
        await database.Write(tx =>
        {
            made = create(tx);
            DurableFile.Write(pending, $"AWS_ACCESS_KEY_ID={made.AccessKeyId}\nAWS_SECRET_ACCESS_KEY={made.SecretAccessKey}\n");
        });
        DurableFile.Rename(pending, AdminFile);
        return made;
    }

    private void RepairAdminFile(Database database, string pending)
    {
        if (!File.Exists(pending))
        {
            return;
        }

        var keyId = File.ReadLines(pending).FirstOrDefault()?.Split('=')[^1] ?? "";
        if (database.Read(tx => AccessKeys.Find(tx, keyId)) is not null)
        {
            DurableFile.Rename(pending, AdminFile);
        }
        else
        {
            File.Delete(pending);
        }
    }

    private static void RefuseOpenToOthers(string path, string what)
    {
        const UnixFileMode Others = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute
            | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;
        if ((File.GetUnixFileMode(path) & Others) != 0)
        {
            throw new StartupException($"The {what} {path} is open to other users: run chmod go-rwx {path}");
        }
    }

    public void Dispose()
    {
        _lock.Dispose();
        if (_ephemeral)
        {
            Directory.Delete(Root, recursive: true);
        }
    }
}

/// <summary>What the first start made. The secret goes to the admin file and nowhere else.</summary>
public sealed record FirstStart(string Account, string UserName, string AccessKeyId, string SecretAccessKey);
