using System.Globalization;
using Casement.Aws.Signing;
using Casement.Bench.Servers;

namespace Casement.Bench.Calls;

/// <summary>Signed requests for windows, no two alike, made before a measurement.</summary>
internal sealed class WindowCalls(Signer caller)
{
    private int _made;

    public Signer Caller => caller;

    /// <summary>The same caller at another server.</summary>
    public WindowCalls To(int port) => new(caller with { Port = port });

    public Requests Gets(IReadOnlyList<string> ids, int count) => Made(Enumerable.Range(0, count)
        .Select(i => caller.Json("ssm", "AmazonSSM.GetMaintenanceWindow", $$"""{"WindowId":"{{ids[i % ids.Count]}}"}""")));

    public Requests Creates(int count) => Made(Enumerable.Range(0, count)
        .Select(_ => caller.Json("ssm", "AmazonSSM.CreateMaintenanceWindow", CreateBody())));

    public string CreateBody() => string.Create(
        CultureInfo.InvariantCulture,
        $$"""{"Name":"nightly-{{++_made}}","Description":"Restarts what needs it","Schedule":"cron(0 2 ? * SUN *)","ScheduleTimezone":"Europe/Berlin","Duration":3,"Cutoff":1,"AllowUnassociatedTargets":false,"ClientToken":"{{Guid.NewGuid()}}"}""");

    private static Requests Made(IEnumerable<HttpMessage> messages)
    {
        var requests = new Requests();
        foreach (var message in messages)
        {
            requests.Add(Signer.Bytes(message));
        }

        return requests;
    }
}
