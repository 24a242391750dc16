using System.Collections.Concurrent;
using System.Globalization;
using Casement.Aws.Signing;
using Casement.Bench.Servers;

namespace Casement.Bench.Endurance;

/// <summary>
/// People and their scripts: each call on a connection of its own, as a command line makes it. Two of three only look, one of
/// four changes something and takes it back, and some are wrong in a way that must be refused.
/// </summary>
internal sealed class Traffic(Signer admin, Signer caller, IReadOnlyList<string> windows)
{
    private const int Callers = 4;
    private readonly ConcurrentQueue<string> _wrong = new();
    private long _calls;
    private long _refused;

    public long Calls => Interlocked.Read(ref _calls);

    /// <summary>Refusals that were asked for.</summary>
    public long Refused => Interlocked.Read(ref _refused);

    /// <summary>Answers that the caller did not cause.</summary>
    public IReadOnlyCollection<string> Wrong => _wrong;

    /// <summary>So many turns a second, evenly, until told to stop.</summary>
    public Task Run(int perSecond, CancellationToken stop) => Task.WhenAll(Enumerable.Range(0, Callers).Select(async number =>
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds((double)Callers / perSecond));
        for (var turn = number; !stop.IsCancellationRequested; turn += Callers)
        {
            try
            {
                await timer.WaitForNextTickAsync(stop);
            }
            catch (OperationCanceledException)
            {
                return;
            }

            await Turn(turn);
        }
    }));

    private async Task Turn(int turn)
    {
        var window = windows[turn % windows.Count];
        try
        {
            switch (turn % 20)
            {
                case 0 or 5 or 10 or 15:
                    await ChangeAndUndo(turn);
                    break;
                case 1 or 11:
                    await Expect("DoesNotExistException", Ssm(caller, "GetMaintenanceWindow", """{"WindowId":"mw-00000000000000000"}"""));
                    break;
                case 6:
                    await Expect("ValidationException", Ssm(caller, "CreateMaintenanceWindow", """{"Name":"x","Duration":99}"""));
                    break;
                case 9:
                    await Expect("AccessDeniedException", Ssm(caller, "PutParameter", """{"Name":"/a","Value":"b","Type":"String"}"""), "UnknownOperationException");
                    break;
                case 14:
                    await Expect("AccessDenied", Iam(caller, "Action=CreateUser&UserName=mallory"));
                    break;
                case 19 when turn % 100 == 19:
                    await Expect("InvalidSignatureException", Ssm(caller with { Credentials = new AwsCredentials(caller.Credentials.AccessKeyId, "wrong") }, "DescribeMaintenanceWindows", "{}"));
                    break;
                default:
                    await Look(turn, window);
                    break;
            }
        }
        catch (HttpRequestException e)
        {
            _wrong.Enqueue(e.Message);
        }
    }

    private Task Look(int turn, string window) => (turn % 7) switch
    {
        0 => Succeed(Ssm(caller, "DescribeMaintenanceWindows", """{"MaxResults":50}""")),
        1 => Succeed(Ssm(caller, "GetMaintenanceWindow", $$"""{"WindowId":"{{window}}"}""")),
        2 => Succeed(Ssm(caller, "DescribeMaintenanceWindowExecutions", $$"""{"WindowId":"{{window}}","MaxResults":10}""")),
        3 => Succeed(Ssm(caller, "DescribeInstanceInformation", """{"MaxResults":50}""")),
        4 => Succeed(Ssm(caller, "ListCommands", """{"MaxResults":10}""")),
        5 => Succeed(Ssm(caller, "DescribeMaintenanceWindowSchedule", $$"""{"WindowId":"{{window}}","MaxResults":10}""")),
        _ => Succeed(Iam(admin, "Action=ListUsers")),
    };

    private async Task ChangeAndUndo(int turn)
    {
        var body = string.Create(
            CultureInfo.InvariantCulture,
            $$"""{"Name":"soak-{{turn}}","Schedule":"cron(0 2 ? * SUN *)","Duration":3,"Cutoff":1,"AllowUnassociatedTargets":true,"ClientToken":"{{Guid.NewGuid()}}","Tags":[{"Key":"stage","Value":"test"}]}""");
        var made = await Succeed(Ssm(caller, "CreateMaintenanceWindow", body));
        if (!made.IsOk)
        {
            return;
        }

        var id = made.Json.GetProperty("WindowId").GetString();
        await Succeed(Ssm(caller, "UpdateMaintenanceWindow", $$"""{"WindowId":"{{id}}","Enabled":false}"""));
        await Succeed(Ssm(caller, "DeleteMaintenanceWindow", $$"""{"WindowId":"{{id}}"}"""));
    }

    private async Task<Answer> Succeed(Task<Answer> call)
    {
        var answer = await Count(call);
        if (!answer.IsOk)
        {
            _wrong.Enqueue($"{answer.Status}: {answer.Body}");
        }

        return answer;
    }

    private async Task Expect(string code, Task<Answer> call, string orElse = "")
    {
        var answer = await Count(call);
        Interlocked.Increment(ref _refused);
        if (answer.Status is < 400 or >= 500 || !(answer.Body.Contains(code, StringComparison.Ordinal) || (orElse.Length > 0 && answer.Body.Contains(orElse, StringComparison.Ordinal))))
        {
            _wrong.Enqueue($"not {code}, but {answer.Status}: {answer.Body}");
        }
    }

    private async Task<Answer> Count(Task<Answer> call)
    {
        Interlocked.Increment(ref _calls);
        return await call;
    }

    private static async Task<Answer> Ssm(Signer signer, string operation, string body)
    {
        using var client = new SignedClient(signer);
        return await client.Ssm(operation, body);
    }

    private static async Task<Answer> Iam(Signer signer, string form)
    {
        using var client = new SignedClient(signer);
        return await client.Iam(form);
    }
}
