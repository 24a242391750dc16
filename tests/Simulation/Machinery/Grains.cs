using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using Casement.Server.Engine;

namespace Casement.Simulation.Tests.Machinery;

/// <summary>Stands where Orleans would: knows grains of executions and nothing else.</summary>
[SuppressMessage("Performance", "CA1852:Seal internal types", Justification = "The proxy is derived from it at run time.")]
internal class Grains : DispatchProxy
{
    private Func<string, Task> _turn = _ => Task.CompletedTask;

    public static IGrainFactory Make(Func<string, Task> turn)
    {
        var factory = Create<IGrainFactory, Grains>();
        ((Grains)(object)factory)._turn = turn;
        return factory;
    }

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) =>
        targetMethod is { Name: "GetGrain", IsGenericMethod: true } && targetMethod.GetGenericArguments()[0] == typeof(IExecutionGrain) && args?[0] is string id
            ? new Turn(_turn, id)
            : throw new NotSupportedException($"The simulation has no {targetMethod}.");

    private sealed class Turn(Func<string, Task> turn, string executionId) : IExecutionGrain
    {
        public Task Decide() => turn(executionId);
    }
}
