using System.Text;
using Casement.Tests;

namespace Casement.Server.Tests.Fuzzing;

/// <summary>Requests that were made to be slow, up to the largest that is read: their cost grows with their size and no faster.</summary>
public sealed class BoundedWorkTests : IDisposable
{
    private const int Largest = 1 << 20;
    private readonly FuzzStage _stage = new();

    public void Dispose() => _stage.Dispose();

    public static TheoryData<string, string, string, string> Bodies => new()
    {
        { "GetMaintenanceWindow", "{\"Unknown\":[", "1,", "1]}" },
        { "GetMaintenanceWindow", "{", "\"WindowId\":\"a\",", "\"WindowId\":\"b\"}" },
        { "GetMaintenanceWindow", "{", "\"u\":{\"u\":[]},", "\"WindowId\":\"b\"}" },
        { "GetMaintenanceWindow", "{\"WindowId\":\"", "\\u0041", "\"}" },
        { "GetMaintenanceWindow", "{\"WindowId\":\"", "\\ud83d\\ude42", "\"}" },
        { "CreateMaintenanceWindow", "{\"Name\":\"a\",\"Schedule\":\"cron(", "*/1,", "0 * * ? * *)\",\"Duration\":2,\"Cutoff\":1,\"AllowUnassociatedTargets\":true}" },
        { "CreateMaintenanceWindow", "{\"Name\":\"a\",\"Schedule\":\"rate(1 day)\",\"Duration\":2,\"Cutoff\":1,\"AllowUnassociatedTargets\":true,\"Tags\":[", "{\"Key\":\"a\",\"Value\":\"b\"},", "{\"Key\":\"c\",\"Value\":\"d\"}]}" },
        { "DescribeMaintenanceWindows", "{\"Filters\":[", "{\"Key\":\"Name\",\"Values\":[\"\"]},", "{\"Key\":\"Name\"}]}" },
        { "RegisterTaskWithMaintenanceWindow", "{\"WindowId\":\"${WindowId}\",\"TaskArn\":\"AWS-RunShellScript\",\"TaskType\":\"RUN_COMMAND\",\"TaskParameters\":{", "\"#\":{\"Values\":[\"\",\"\"]},", "\"\":{\"Values\":[]}}}" },
        { "RegisterTargetWithMaintenanceWindow", "{\"WindowId\":\"${WindowId}\",\"ResourceType\":\"INSTANCE\",\"Targets\":[{\"Key\":\"InstanceIds\",\"Values\":[", "\"mi-00000000000000000\",", "\"a\"]}]}" },
        { "SendCommand", "{\"DocumentName\":\"AWS-RunShellScript\",\"InstanceIds\":[", "\"mi-00000000000000000\",", "\"${InstanceId}\"]}" },
        { "SendCommand", "{\"DocumentName\":\"AWS-RunShellScript\",\"InstanceIds\":[\"${InstanceId}\"],\"Parameters\":{\"commands\":[", "\"a\",", "\"b\"]}}" },
        { "SendCommand", "{\"DocumentName\":\"AWS-RunShellScript\",\"InstanceIds\":[\"${InstanceId}\"],\"Parameters\":{", "\"#\":[\"a\"],", "\"commands\":[\"b\"]}}" },
        { "DescribeInstanceInformation", "{\"Filters\":[", "{\"Key\":\"tag:a\",\"Values\":[\"b\"]},", "{\"Key\":\"tag:a\",\"Values\":[\"b\"]}]}" },
        { "AddTagsToResource", "{\"ResourceType\":\"MaintenanceWindow\",\"ResourceId\":\"${WindowId}\",\"Tags\":[", "{\"Key\":\"#\",\"Value\":\"b\"},", "{\"Key\":\"a\",\"Value\":\"b\"}]}" },
        { "SendReply", "{\"MessageId\":\"${MessageId}\",\"ReplyId\":\"r\",\"Payload\":\"{\\\"documentStatus\\\":\\\"InProgress\\\",\\\"runtimeStatus\\\":{", "\\\"#\\\":{\\\"code\\\":1},", "\\\"a\\\":null}}\"}" },
        { "UpdateInstanceInformation", "{\"InstanceId\":\"${InstanceId}\",\"ComputerName\":\"", "abcdefgh", "\"}" },
    };

    public static TheoryData<string, string, string, string> Forms => new()
    {
        { "GetUser", "UserName=fuzz", "&a#=b", "" },
        { "GetUser", "UserName=", "%41", "" },
        { "GetUser", "UserName=fuzz", "&a.b.c.d.e.f.g.h.#=b", "" },
        { "CreateUser", "UserName=more", "&Tags.member.#.Key=a&Tags.member.#.Value=b", "" },
        { "CreatePolicy", "PolicyName=p&PolicyDocument=%7B%22Statement%22%3A%5B", "%7B%22Effect%22%3A%22Allow%22%2C%22Action%22%3A%22a%3Ab%22%2C%22Resource%22%3A%22*%22%7D%2C", "%7B%7D%5D%7D" },
        { "CreatePolicy", "PolicyName=p&PolicyDocument=%7B%22Version%22%3A%222012-10-17%22%2C%22Statement%22%3A%7B%22Effect%22%3A%22Allow%22%2C%22Resource%22%3A%22*%22%2C%22Action%22%3A%5B", "%22ssm%3A*%22%2C", "%22ssm%3A*%22%5D%7D%7D" },
        { "AssumeRole", "RoleArn=${RoleArn}&RoleSessionName=s", "&Tags.member.#.Key=k#&Tags.member.#.Value=v", "" },
        { "AssumeRole", "RoleArn=${RoleArn}&RoleSessionName=s", "&PolicyArns.member.#.arn=${PolicyArn}", "" },
    };

    [Theory]
    [MemberData(nameof(Bodies), DisableDiscoveryEnumeration = true)]
    [MemberData(nameof(Forms), DisableDiscoveryEnumeration = true)]
    public void A_request_costs_by_its_size(string name, string head, string piece, string tail)
    {
        var operation = _stage.Operation(name);
        head = operation.Service.Protocol == Casement.Aws.WireProtocol.Query ? $"Action={name}&Version={operation.Service.Prefix}&{head}" : head;
        Work.IsLinear($"{name} with {piece}", Largest / 4, size =>
        {
            var body = Body(head, piece, tail, size);
            return () =>
            {
                var answer = _stage.Send(operation, body);
                Assert.Null(_stage.Server.FaultOf(answer));
            };
        });
    }

    private byte[] Body(string head, string piece, string tail, int size)
    {
        var text = new StringBuilder(Known(head));
        for (var number = 1; text.Length + piece.Length + tail.Length + 60 < size; number++)
        {
            text.Append(Known(piece).Replace("#", number.ToString(System.Globalization.CultureInfo.InvariantCulture), StringComparison.Ordinal));
        }

        return Encoding.UTF8.GetBytes(text.Append(Known(tail)).ToString());
    }

    private string Known(string text) => _stage.Known.Aggregate(text, (t, value) => t.Replace($"${{{value.Key}}}", value.Value, StringComparison.Ordinal));
}
