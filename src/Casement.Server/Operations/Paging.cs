using System.Buffers.Binary;
using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Casement.Aws;
using Casement.Server.Iam;

namespace Casement.Server.Operations;

/// <summary>
/// The <c>NextToken</c> of every listing: the key of the last item shown, bound by a MAC to account, region, operation and the
/// rest of the request, good for 24 hours. A token taken elsewhere, changed or too old is refused.
/// </summary>
/// <remarks>
/// <code>
/// var page = call.Backstage.Paging.Open(call, request with { NextToken = null, MaxResults = null }, request.NextToken, request.MaxResults);
/// var rows = call.Read(tx => Things.After(tx, call.Scope, page.After, page.Size + 1));  // After is null on the first page
/// var shown = page.Cut(rows, row => row.Id);                                            // one row more than Size means: another page
/// return new Reply { Things = [.. shown.Items.Select(Show)], NextToken = shown.NextToken };
/// </code>
/// </remarks>
public sealed class Paging
{
    /// <summary>How many items a page has when the request does not say.</summary>
    public const int DefaultSize = 50;

    /// <summary>The refusal of commands, documents and nodes.</summary>
    public const string InvalidNextToken = "InvalidNextToken";

    /// <summary>The refusal of windows, whose model has no error of its own for it.</summary>
    public const string ValidationException = "ValidationException";

    private const int MacBytes = 16;
    private const int ExpiryBytes = 8;
    private static readonly TimeSpan Lifetime = TimeSpan.FromHours(24);
    private readonly byte[] _key;
    private readonly Clock _clock;

    public Paging(MasterKey master, Clock clock)
    {
        ArgumentNullException.ThrowIfNull(master);
        _key = master.Derive("next-token");
        _clock = clock;
    }

    /// <param name="call">Gives account, region and operation.</param>
    /// <param name="request">The request without token and page size: a token is good for the same question only.</param>
    /// <param name="token">NextToken as sent; null and empty begin at the first page.</param>
    /// <param name="maxResults">MaxResults as sent.</param>
    /// <param name="errorCode"><see cref="InvalidNextToken"/> or <see cref="ValidationException"/>, by service area.</param>
    /// <param name="sizeMax">The largest page where the model sets no bound; a greater MaxResults is cut to it.</param>
    /// <exception cref="AwsException">Of the given code: the token is not one that this question was answered with, or is too old.</exception>
    public Page Open<T>(Call call, T request, string? token, int? maxResults, string errorCode = InvalidNextToken, int sizeMax = int.MaxValue - 1)
    {
        ArgumentNullException.ThrowIfNull(call);
        var about = About(call, SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(request)));
        string? after = null;
        if (!string.IsNullOrEmpty(token) && !TryRead(token, about, out after))
        {
            throw new AwsException(errorCode, "The NextToken is not valid for this request, or is older than 24 hours.");
        }

        return new Page(this, about, after, Math.Min(maxResults ?? DefaultSize, sizeMax));
    }

    internal string Write(byte[] about, string lastKey)
    {
        var text = Encoding.UTF8.GetBytes(lastKey);
        var token = new byte[ExpiryBytes + text.Length + MacBytes];
        BinaryPrimitives.WriteInt64BigEndian(token, (_clock.RealNow + Lifetime).ToUnixTimeMilliseconds());
        text.CopyTo(token, ExpiryBytes);
        Mac(about, token.AsSpan(0, token.Length - MacBytes)).CopyTo(token.AsSpan(token.Length - MacBytes));
        return Base64Url.EncodeToString(token);
    }

    private bool TryRead(string text, byte[] about, [NotNullWhen(true)] out string? lastKey)
    {
        lastKey = null;
        if (!Base64Url.IsValid(text))
        {
            return false;
        }

        var token = Base64Url.DecodeFromChars(text);
        if (token.Length < ExpiryBytes + MacBytes
            || !CryptographicOperations.FixedTimeEquals(Mac(about, token.AsSpan(0, token.Length - MacBytes)), token.AsSpan(token.Length - MacBytes))
            || BinaryPrimitives.ReadInt64BigEndian(token) <= _clock.RealNow.ToUnixTimeMilliseconds())
        {
            return false;
        }

        lastKey = Encoding.UTF8.GetString(token.AsSpan(ExpiryBytes, token.Length - ExpiryBytes - MacBytes));
        return true;
    }

    private ReadOnlySpan<byte> Mac(byte[] about, ReadOnlySpan<byte> content)
    {
        var input = new byte[about.Length + content.Length];
        about.CopyTo(input, 0);
        content.CopyTo(input.AsSpan(about.Length));
        return HMACSHA256.HashData(_key, input).AsSpan(0, MacBytes);
    }

    /// <summary>32 bytes over all that a token is bound to; the parts hold no line break.</summary>
    private static byte[] About(Call call, byte[] requestHash) => SHA256.HashData(Encoding.UTF8.GetBytes(
        $"{call.Scope.Account}\n{call.Scope.Region}\n{call.Operation.Service.Name}\n{call.Operation.Name}\n{Convert.ToHexString(requestHash)}"));
}

/// <summary>The page that a request asks for.</summary>
public sealed class Page
{
    private readonly Paging _paging;
    private readonly byte[] _about;

    internal Page(Paging paging, byte[] about, string? after, int size)
    {
        _paging = paging;
        _about = about;
        After = after;
        Size = size;
    }

    /// <summary>The key of the last item of the page before; null on the first page.</summary>
    public string? After { get; }

    /// <summary>The most items to show.</summary>
    public int Size { get; }

    /// <summary><see cref="After"/> where keys are numbers, such as sequence numbers; null on the first page.</summary>
    public long? AfterNumber => After is null ? null : long.Parse(After, System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>
    /// The items of this page from rows that begin after <see cref="After"/>, in the listing's order. Rows beyond
    /// <see cref="Size"/> are not shown; that there is one makes the token, with the key of the last item shown.
    /// </summary>
    public PageOf<T> Cut<T>(IEnumerable<T> rows, Func<T, string> keyOf)
    {
        ArgumentNullException.ThrowIfNull(rows);
        ArgumentNullException.ThrowIfNull(keyOf);
        var items = new List<T>();
        foreach (var row in rows)
        {
            if (items.Count == Size)
            {
                return new PageOf<T>(items, _paging.Write(_about, keyOf(items[^1])));
            }

            items.Add(row);
        }

        return new PageOf<T>(items, null);
    }

    /// <inheritdoc cref="Cut{T}(IEnumerable{T}, Func{T, string})"/>
    public PageOf<T> Cut<T>(IEnumerable<T> rows, Func<T, long> keyOf)
    {
        ArgumentNullException.ThrowIfNull(keyOf);
        return Cut(rows, row => keyOf(row).ToString(System.Globalization.CultureInfo.InvariantCulture));
    }
}

/// <param name="NextToken">Null when nothing follows.</param>
public sealed record PageOf<T>(IReadOnlyList<T> Items, string? NextToken);
