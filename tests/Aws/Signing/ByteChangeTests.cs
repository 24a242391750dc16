using Casement.Aws.Signing;

namespace Casement.Aws.Tests.Signing;

/// <summary>Every byte of some requests, changed to every other that HTTP could carry there.</summary>
public sealed class ByteChangeTests
{
    private static readonly string[] Chosen =
    [
        "get-vanilla-query-order-encoded", "get-slashes", "get-relative-relative", "get-header-value-trim", "post-x-www-form-urlencoded-parameters",
        "post-json-ssm", "post-session-token", "post-sts-header-after", "presign-sts", "presign-sts-token",
    ];

    public static TheoryData<string> Names => [.. Chosen];

    [Theory]
    [MemberData(nameof(Names))]
    public void One_byte_changed_is_refused_unless_the_request_means_the_same(string name)
    {
        var (request, same, other) = (new ByteChange(SignedVector.Botocore.Single(vector => vector.Name == name)), 0, 0);
        foreach (var changed in All(request))
        {
            request.Holds(changed);
            _ = request.MeansTheSame(changed) ? same++ : other++;
        }

        Assert.True(other > 2000, $"only {other} changes of meaning were tried");
        // such as a comma for a space in Authorization: the oracle is not one that calls everything different
        Assert.True(same > 0 || request.Headers.Count == 1, "no change kept the meaning");
    }

    private static IEnumerable<HttpMessage> All(ByteChange request)
    {
        byte[] visible = [.. Enumerable.Range('!', '~' - '!' + 1).Select(letter => (byte)letter)];
        byte[] inHeader = [.. visible, (byte)' ', (byte)'\t'];
        byte[] any = [.. Enumerable.Range(0, 256).Select(value => (byte)value)];
        foreach (var target in Changes(request.Target, visible))
        {
            yield return request.WithTarget(target);
        }

        foreach (var index in request.Headers)
        {
            foreach (var value in Changes(request.HeaderValue(index), inHeader))
            {
                yield return request.WithHeader(index, value);
            }
        }

        foreach (var body in Changes(request.Body, any))
        {
            yield return request.WithBody(body);
        }
    }

    private static IEnumerable<byte[]> Changes(byte[] text, byte[] others)
    {
        for (var position = 0; position < text.Length; position++)
        {
            foreach (var other in others.Where(value => value != text[position]))
            {
                byte[] changed = [.. text];
                changed[position] = other;
                yield return changed;
            }
        }
    }
}
