using Casement.Server.Operations;

namespace Casement.Server.Iam;

/// <summary>An operation of IAM, whose rows belong to an account and to no region.</summary>
public abstract class IamOperation<TRequest, TReply> : Operation<TRequest, TReply>
    where TRequest : class
    where TReply : class
{
    private protected IamOperation() { }

    public sealed override Service Service => Service.Iam;
}
