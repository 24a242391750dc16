using Casement.Server.Audit;
using Casement.Storage;
using NodaTime;

namespace Casement.Server.Operations;

/// <summary>Where a call comes from, as condition keys see it. The engine's own calls come from nowhere.</summary>
/// <param name="Ip">The peer's address; null for the engine.</param>
/// <param name="Tls">Whether the connection is encrypted.</param>
public sealed record Source(string? Ip, bool Tls, string? UserAgent, string? Referer)
{
    public static Source Engine { get; } = new(null, false, null, null);
}

/// <summary>One call on its way through the path: who, where, when, and the doors to the database.</summary>
public sealed class Call(Backstage backstage, Operation operation, Scope scope, Principal principal, Source source, CancellationToken aborted)
{
    /// <summary>The header of a reply that says what a person should know about it.</summary>
    public const string WarningHeader = "x-casement-warning";

    // as many headers as any client takes
    private const int LeftOutMax = 10;

    private readonly List<string> _decidedBy = [];
    private readonly List<string> _resources = [];
    private List<KeyValuePair<string, string>>? _headers;
    private string? _auditDoc;
    private HashSet<string>? _leftOut;

    public Backstage Backstage => backstage;

    public Operation Operation => operation;

    public Scope Scope { get; private set; } = scope;

    public Principal Principal => principal;

    public Source Source => source;

    /// <summary>Fires when the client went away.</summary>
    public CancellationToken Aborted => aborted;

    public string RequestId { get => field ??= Ids.Uuid(); init; }

    /// <summary>The instant of this call by the product's clock: one value for the whole call.</summary>
    public Instant Now { get; } = backstage.Clock.Now;

    public long NowMs => Now.ToUnixTimeMilliseconds();

    /// <summary>The client's <c>amz-sdk-invocation-id</c>: the same for all its retries of one call.</summary>
    public string? InvocationId { get; init; }

    /// <summary>The request as it may stand in the audit trail: sensitive members hidden.</summary>
    public string? AuditDoc => _auditDoc ??= Request is null ? null : AuditText.Of(Request);

    /// <summary>What was asked; null before the path begins.</summary>
    internal object? Request { get; set; }

    /// <summary>Headers to add to the reply, such as <c>x-casement-warning</c>.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Headers => _headers ?? [];

    public void AddHeader(string name, string value) => (_headers ??= []).Add(KeyValuePair.Create(name, value));

    /// <summary>Asks for one more permission from inside the operation, where it depends on state.</summary>
    /// <exception cref="Casement.Aws.AwsException">AccessDenied, with AWS's text.</exception>
    public Task Authorize(Access access) => backstage.Authorizer.Demand(this, [access]);

    /// <summary><c>iam:PassRole</c> on a role for <c>ssm.amazonaws.com</c>, from inside the operation.</summary>
    public Task AuthorizePass(string roleArn) => Authorize(Authorizer.Pass(roleArn));

    /// <summary>A unit of work that commits together with this call's audit row; completes once both are durable.</summary>
    public async Task<T> Write<T>(Func<Tx, T> unit)
    {
        Written = true;
        var entry = Entry("allow", AuditDoc);
        var written = await backstage.Database.Write(tx =>
        {
            var result = unit(tx);
            backstage.Clock.Mark(tx, NowMs);
            CrashPoint.Pass(CrashPoint.CallInUnit);
            AuditTrail.Append(tx, entry);
            return result;
        });
        CrashPoint.Pass(CrashPoint.CallCommitted);
        return written;
    }

    /// <inheritdoc cref="Write{T}"/>
    public Task Write(Action<Tx> unit) => Write(tx =>
    {
        unit(tx);
        return true;
    });

    /// <summary>An unsigned call learns from the credential in its body whose account it acts in; its audit rows belong there.</summary>
    internal void Enter(Scope found) => Scope = found;

    /// <summary>
    /// Reads what is shown: of lists, rows that cannot be read are left out, and the reply says so in a header. One damaged row
    /// must not hide all others.
    /// </summary>
    public T Read<T>(Func<Tx, T> read) => backstage.Database.Read(read, LeaveOut);

    /// <summary>Like <see cref="Read{T}"/>, with everything inside seeing one and the same state of the database.</summary>
    public T ReadConsistently<T>(Func<Tx, T> read) => backstage.Database.ReadConsistently(read, LeaveOut);

    private void LeaveOut(UnreadableRowException row)
    {
        backstage.Unreadable.Say(row);
        if ((_leftOut ??= new(StringComparer.Ordinal)).Count < LeftOutMax && _leftOut.Add(row.Message))
        {
            AddHeader(WarningHeader, row.Message + " It is left out.");
        }
    }

    internal bool Written { get; private set; }

    internal void Note(Access access, string decidedBy)
    {
        _resources.Add(access.Resource);
        _decidedBy.Add(decidedBy);
    }

    internal AuditEntry Entry(string decision, string? doc) => new(
        NowMs, Scope, principal.Arn, operation.Action, string.Join('\n', _resources), decision,
        _decidedBy.Count == 0 ? null : string.Join('\n', _decidedBy), RequestId, source.Ip, doc);
}
