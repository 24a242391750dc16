using Casement.Aws;
using Casement.Server.Iam.Actions;
using Casement.Server.Operations;
using Casement.Server.Ssm;
using Casement.Server.Ssm.Commands;
using Casement.Server.Ssm.Nodes;
using Casement.Server.Ssm.Windows;
using Casement.Simulation.Tests.Machinery;
using NodaTime;

namespace Casement.Simulation.Tests.World;

/// <summary>Those who define windows, change their minds, and pull plugs.</summary>
internal sealed class People(Simulation simulation)
{
    private int _windows;
    private bool _chaos = true;

    public bool HaveLeft { get; private set; }

    private Dice Dice => simulation.Dice;

    /// <summary>Switches nodes on, defines the first windows, and goes on with what people do.</summary>
    public async Task Arrive()
    {
        for (var i = Dice.Between(1, Cast.NodesMax); i-- > 0;)
        {
            var node = Cast.NodeId(i);
            var life = new FakeNode(simulation, node, Cast.Session(node));
            simulation.Start(simulation.World, life.Live);
        }

        for (var i = Dice.Between(1, 3); i-- > 0;)
        {
            await Window();
        }

        simulation.Start(simulation.World, Disturb);
        while (_chaos)
        {
            var pauseMs = Dice.Between(1, 60) * 60_000L;
            await simulation.Loop.Sleep(simulation.World, Dice.Chance(70) ? pauseMs : simulation.UntilMark(pauseMs));
            if (_chaos)
            {
                await Act();
            }
        }
    }

    public void ChaosEnds() => _chaos = false;

    /// <summary>Disables every window for good.</summary>
    public async Task Leave()
    {
        await Insist(new PutUserPolicy(), new() { UserName = Cast.OperatorName, PolicyName = Cast.PolicyName, PolicyDocument = Cast.Allow("ssm:*", "iam:PassRole") }, Cast.Root);
        while (simulation.Watch.EnabledWindows() is { Count: > 0 } enabled)
        {
            foreach (var window in enabled)
            {
                await Insist(new UpdateMaintenanceWindow(), new() { WindowId = window, Enabled = false }, Cast.Operator);
            }
        }

        simulation.History.Say("every window is disabled");
        HaveLeft = true;
    }

    private async Task Disturb()
    {
        while (_chaos)
        {
            var pauseMs = Dice.Between(5, 120) * 60_000L;
            await simulation.Loop.Sleep(simulation.World, Dice.Chance(70) ? pauseMs : simulation.UntilMark(pauseMs));
            if (!_chaos)
            {
                return;
            }

            if (Dice.Chance(simulation.Weather.ClockSteps))
            {
                var step = Dice.Chance(60) ? Dice.Milliseconds(2 * 3_600_000) : -Dice.Milliseconds(3_600_000);
                simulation.History.Say($"the wall clock is set by {step} ms");
                simulation.Clock.SetBy(step);
                simulation.ClockWasSet();
            }
            else if (Dice.Chance(30))
            {
                simulation.Kill("at somebody's hand");
            }
        }
    }

    private async Task Window()
    {
        var timetable = Timetable.Of(Dice, Instant.FromUnixTimeMilliseconds(simulation.Clock.NowMs));
        simulation.Watch.Knows(timetable);
        var duration = Dice.Between(1, 4);
        var made = await Insist(new CreateMaintenanceWindow(), new()
        {
            Name = $"window{++_windows}",
            Schedule = timetable.Text,
            ScheduleTimezone = timetable.EveryMinutes is null ? timetable.Zone : null,
            ScheduleOffset = timetable.Offset == 0 ? null : timetable.Offset,
            Duration = duration,
            Cutoff = Dice.Below(duration),
            AllowUnassociatedTargets = true,
            ClientToken = $"window{_windows}",
        }, Cast.Operator);
        if (made?.WindowId is not { } window)
        {
            return;
        }

        simulation.History.Say($"window {window}: {timetable.Text} in {timetable.Zone}, offset {timetable.Offset}");
        for (var i = Dice.Between(0, 2); i-- > 0;)
        {
            await Target(window);
        }

        for (var i = Dice.Between(0, 3); i-- > 0;)
        {
            await Task(window);
        }
    }

    private Task Target(string window) => Insist(new RegisterTargetWithMaintenanceWindow(), new()
    {
        WindowId = window,
        ResourceType = "INSTANCE",
        Targets = [Nodes()],
        ClientToken = Token(),
    }, Cast.Operator);

    private async Task Task(string window)
    {
        var registered = simulation.Watch.Targets(window);
        var runs = Dice.Chance(85);
        List<Target> targets = [];
        if (registered.Count > 0 && Dice.Chance(80))
        {
            targets.Add(new Target { Key = "WindowTargetIds", Values = [.. registered.Take(Dice.Between(1, registered.Count))] });
        }
        else if (runs)
        {
            targets.Add(new Target { Key = "InstanceIds", Values = Ids() });
        }

        await Insist(new RegisterTaskWithMaintenanceWindow(), new()
        {
            WindowId = window,
            Targets = targets,
            TaskArn = runs ? "AWS-RunShellScript" : "arn:aws:lambda:us-east-1:123456789012:function:f",
            TaskType = runs ? "RUN_COMMAND" : Dice.Pick(["LAMBDA", "AUTOMATION", "STEP_FUNCTIONS"]),
            ServiceRoleArn = Dice.Chance(95) ? Cast.TaskRoleArn : "arn:aws:iam::123456789012:role/nobody",
            Priority = Dice.Below(3),
            MaxConcurrency = targets.Count == 0 ? null : Dice.Pick(["1", "2", "3", "50", "1%", "34%", "50%", "67%", "100%"]),
            MaxErrors = targets.Count == 0 ? null : Dice.Pick(["0", "0", "1", "2", "10%", "34%", "50%", "100%"]),
            CutoffBehavior = Dice.Pick(["CONTINUE_TASK", "CANCEL_TASK", "CANCEL_TASK"]),
            TaskInvocationParameters = !runs ? null : new MaintenanceWindowTaskInvocationParameters
            {
                RunCommand = new MaintenanceWindowRunCommandParameters
                {
                    TimeoutSeconds = Dice.Pick([30, 120, 600, 3600]),
                    Parameters = new Dictionary<string, IReadOnlyList<string>>
                    {
                        ["commands"] = ["true"], ["executionTimeout"] = [Dice.Pick(["60", "600", "3600", "7200"])],
                    },
                },
            },
            ClientToken = Token(),
        }, Cast.Operator);
    }

    private async Task Act()
    {
        var windows = simulation.Watch.WindowIds();
        if (windows.Count == 0 || Dice.Chance(4))
        {
            await Window();
            return;
        }

        var window = Dice.Pick(windows);
        await (Dice.Below(20) switch
        {
            0 or 1 => Reschedule(window),
            2 => Once(new UpdateMaintenanceWindow(), new() { WindowId = window, Duration = Dice.Between(3, 5), Cutoff = Dice.Below(3) }, Cast.Operator),
            3 => Once(new UpdateMaintenanceWindow(), new() { WindowId = window, Enabled = false }, Cast.Operator),
            4 or 5 => Once(new UpdateMaintenanceWindow(), new() { WindowId = window, Enabled = true }, Cast.Operator),
            6 => Dice.Chance(30)
                ? Once(new DeleteMaintenanceWindow(), new() { WindowId = window }, Cast.Operator)
                : Once(new UpdateMaintenanceWindow(), new() { WindowId = window, Description = "changed" }, Cast.Operator),
            7 or 8 => Task(window),
            9 => Target(window),
            10 => Deregister(window),
            11 or 12 => CancelExecution(),
            13 or 14 => CancelCommand(),
            15 => Dice.Chance(15)
                ? Once(new DeregisterManagedInstance(), new() { InstanceId = Cast.NodeId(Dice.Below(Cast.NodesMax)) }, Cast.Operator)
                : System.Threading.Tasks.Task.CompletedTask,
            16 or 17 => Once(
                new PutRolePolicy(),
                new()
                {
                    RoleName = Cast.TaskRole,
                    PolicyName = Cast.PolicyName,
                    PolicyDocument = Dice.Pick([Cast.Allow("ssm:SendCommand", "ssm:CancelCommand"), Cast.Allow("ssm:SendCommand"), Cast.Allow("ssm:GetDocument")]),
                },
                Cast.Root),
            18 => Once(new UpdateAssumeRolePolicy(), new() { RoleName = Cast.TaskRole, PolicyDocument = Dice.Pick([Cast.Trust, Cast.Trust, Cast.NoTrust]) }, Cast.Root),
            _ => Once(
                new PutUserPolicy(),
                new()
                {
                    UserName = Cast.OperatorName,
                    PolicyName = Cast.PolicyName,
                    PolicyDocument = Dice.Pick([Cast.Allow("ssm:*", "iam:PassRole"), Cast.Allow("ssm:*"), Cast.Allow("ssm:Describe*")]),
                },
                Cast.Root),
        });
    }

    private Task Reschedule(string window)
    {
        var timetable = Timetable.Of(Dice, Instant.FromUnixTimeMilliseconds(simulation.Clock.NowMs));
        simulation.Watch.Knows(timetable);
        return Once(
            new UpdateMaintenanceWindow(),
            new()
            {
                WindowId = window,
                Name = "changed",
                Schedule = timetable.Text,
                ScheduleTimezone = timetable.EveryMinutes is null ? timetable.Zone : null,
                ScheduleOffset = timetable.Offset == 0 ? null : timetable.Offset,
                Duration = 3,
                Cutoff = 1,
                AllowUnassociatedTargets = true,
                Replace = true,
            },
            Cast.Operator);
    }

    private async Task Deregister(string window)
    {
        if (Dice.Chance(50) && simulation.Watch.Targets(window) is { Count: > 0 } targets)
        {
            await Once(new DeregisterTargetFromMaintenanceWindow(), new() { WindowId = window, WindowTargetId = Dice.Pick(targets), Safe = Dice.Chance(30) }, Cast.Operator);
        }
        else if (simulation.Watch.Tasks(window) is { Count: > 0 } tasks)
        {
            await Once(new DeregisterTaskFromMaintenanceWindow(), new() { WindowId = window, WindowTaskId = Dice.Pick(tasks) }, Cast.Operator);
        }
    }

    private async Task CancelExecution()
    {
        if (simulation.Watch.OpenExecutions() is { Count: > 0 } open)
        {
            await Once(new CancelMaintenanceWindowExecution(), new() { WindowExecutionId = Dice.Pick(open) }, Cast.Operator);
        }
    }

    private async Task CancelCommand()
    {
        if (simulation.Watch.OpenCommands() is { Count: > 0 } open)
        {
            await Once(new CancelCommand(), new() { CommandId = Dice.Pick(open) }, Cast.Operator);
        }
    }

    private Target Nodes() => Dice.Chance(60)
        ? new Target { Key = "InstanceIds", Values = Ids() }
        : new Target { Key = "tag:group", Values = Dice.Pick<string[]>([["even"], ["odd"], ["even", "odd"], ["none"]]) };

    private List<string> Ids()
    {
        var all = Enumerable.Range(0, Cast.NodesMax).Select(Cast.NodeId).ToList();
        while (all.Count > 1 && Dice.Chance(70))
        {
            all.RemoveAt(Dice.Below(all.Count));
        }

        return all;
    }

    private string Token() => $"token{simulation.Loop.Steps}-{Dice.Below(1_000_000)}";

    /// <summary>Tried once; whether it was done, the rows say.</summary>
    private async Task<TReply?> Once<TRequest, TReply>(Operation<TRequest, TReply> operation, TRequest request, Principal by)
        where TRequest : class
        where TReply : class
    {
        try
        {
            var reply = await simulation.Call(operation, request, by);
            simulation.History.Say($"{operation.Name} is done");
            return reply;
        }
        catch (BrokenConnection)
        {
            simulation.History.Say($"{operation.Name}: the connection broke");
        }
        catch (AwsException e)
        {
            simulation.History.Say($"{operation.Name} is refused: {e.Code}");
        }

        return null;
    }

    /// <summary>Again with the same token until the server says yes or no.</summary>
    private async Task<TReply?> Insist<TRequest, TReply>(Operation<TRequest, TReply> operation, TRequest request, Principal by)
        where TRequest : class
        where TReply : class
    {
        while (true)
        {
            try
            {
                return await simulation.Call(operation, request, by);
            }
            catch (BrokenConnection)
            {
                await simulation.Loop.Sleep(simulation.World, Dice.Milliseconds(60_000));
            }
            catch (AwsException e) when (e.Status >= 500)
            {
                await simulation.Loop.Sleep(simulation.World, Dice.Milliseconds(60_000));
            }
            catch (AwsException e)
            {
                simulation.History.Say($"{operation.Name} is refused: {e.Code}");
                return null;
            }
        }
    }
}
