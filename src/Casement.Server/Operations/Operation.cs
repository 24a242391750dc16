namespace Casement.Server.Operations;

/// <summary>How a call of an operation proves who it comes from.</summary>
public enum Proof
{
    /// <summary>SigV4 by an access key or a session: all operations but the few below.</summary>
    Signature = 1,

    /// <summary>SigV4's string to sign under the node's RSA key.</summary>
    NodeKey = 2,

    /// <summary>Nothing: the request itself carries a credential, such as an activation code.</summary>
    None = 3,
}

/// <summary>What an operation does to the account.</summary>
public enum Effect
{
    Read = 1,
    Write = 2,
}

/// <summary>
/// One operation of a wire API: the single path that clients, console, CLI and engine take. The table of these is the data
/// behind dispatch, authorisation, audit and the compatibility list.
/// </summary>
public abstract class Operation
{
    private protected Operation() { }

    public abstract Service Service { get; }

    /// <summary>The wire name, which is also the file's.</summary>
    public virtual string Name => GetType().Name;

    /// <summary>The IAM action, mostly service and name.</summary>
    public virtual string Action => $"{Service.Name}:{Name}";

    public virtual Proof Proof => Proof.Signature;

    public abstract Effect Effect { get; }

    /// <summary>
    /// Whether a call that was allowed and changed nothing is no more than a node saying that it lives: thousands of nodes do so
    /// every few seconds, and the trail keeps what happened.
    /// </summary>
    public virtual bool IsSignOfLife => false;

    public abstract Type RequestType { get; }

    internal abstract IEnumerable<Access> NeedsOf(object request, Call call);

    internal abstract IEnumerable<string> PassesOf(object request, Call call);

    internal abstract Task<object> HandleAny(object request, Call call);
}

/// <summary>An operation with its request and reply records.</summary>
public abstract class Operation<TRequest, TReply> : Operation
    where TRequest : class
    where TReply : class
{
    public sealed override Type RequestType => typeof(TRequest);

    /// <summary>
    /// The permissions this request needs. Members may be missing or malformed, since permission comes before validation:
    /// those fall back to the region-account ARN.
    /// </summary>
    protected virtual IEnumerable<Access> Needs(TRequest request, Call call) => [new(Action, Access.AnyOf(call.Scope))];

    /// <summary>ARNs of roles that the request hands to <c>ssm.amazonaws.com</c>; each needs <c>iam:PassRole</c>.</summary>
    protected virtual IEnumerable<string> Passes(TRequest request, Call call) => [];

    /// <summary>Runs after authorisation and validation; throws <see cref="Casement.Aws.AwsException"/> for what the service refuses.</summary>
    protected abstract Task<TReply> Handle(TRequest request, Call call);

    internal sealed override IEnumerable<Access> NeedsOf(object request, Call call) => Needs((TRequest)request, call);

    internal sealed override IEnumerable<string> PassesOf(object request, Call call) => Passes((TRequest)request, call);

    internal sealed override async Task<object> HandleAny(object request, Call call) => await Handle((TRequest)request, call);
}

/// <summary>The reply of operations that answer nothing but success.</summary>
public sealed record Nothing
{
    public static Nothing Instance { get; } = new();
}
