using Casement.Aws.Wire;
using Casement.Server.Iam.Shapes;
using Casement.Server.Operations;

namespace Casement.Server.Iam.Actions;

/// <summary>Creates the role of Systems Manager, the one service that has such a role here.</summary>
public sealed class CreateServiceLinkedRole : IamOperation<CreateServiceLinkedRole.Request, CreateServiceLinkedRole.Reply>
{
    public override Effect Effect => Effect.Write;

    protected override IEnumerable<Access> Needs(Request request, Call call) => [ServiceLinkedRole.ToCreate(call, request.AWSServiceName)];

    protected override async Task<Reply> Handle(Request request, Call call)
    {
        if (request.AWSServiceName != ServiceLinkedRole.Service)
        {
            throw IamErrors.InvalidInput($"There is no service-linked role for {request.AWSServiceName}; there is one for {ServiceLinkedRole.Service}.");
        }

        if (request.CustomSuffix is not null)
        {
            throw IamErrors.InvalidInput($"Custom suffix is not allowed for {ServiceLinkedRole.Service}");
        }

        return new Reply
        {
            Role = await call.WriteIam(tx =>
            {
                if (ServiceLinkedRole.Find(tx, call.Scope) is not null)
                {
                    throw IamErrors.InvalidInput(
                        $"Service role name {ServiceLinkedRole.Name} has been taken in this account, please try a different suffix.");
                }

                return IamRole.Of(tx, call.Scope, ServiceLinkedRole.Insert(tx, call, request.Description));
            }),
        };
    }

    public sealed record Request
    {
        [Required, Length(1, 128), Pattern(IamPatterns.Name)]
        public string? AWSServiceName { get; init; }

        [Length(0, 1000), Pattern(IamPatterns.Description)]
        public string? Description { get; init; }

        [Length(1, 64), Pattern(IamPatterns.Name)]
        public string? CustomSuffix { get; init; }
    }

    public sealed record Reply
    {
        public IamRole? Role { get; init; }
    }
}
