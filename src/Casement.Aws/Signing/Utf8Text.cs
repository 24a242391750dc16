using System.Buffers;
using System.Text;

namespace Casement.Aws.Signing;

/// <summary>Bytes written one after the other, first on the caller's stack, then in a rented array.</summary>
internal ref struct Utf8Text
{
    private Span<byte> bytes;
    private byte[]? rented;

    public Utf8Text(Span<byte> initial) => bytes = initial;

    public int Length { get; private set; }

    public readonly ReadOnlySpan<byte> Written => bytes[..Length];

    public void Add(byte value)
    {
        if (Length == bytes.Length)
        {
            Grow(1);
        }

        bytes[Length++] = value;
    }

    public void Add(scoped ReadOnlySpan<byte> text)
    {
        if (bytes.Length - Length < text.Length)
        {
            Grow(text.Length);
        }

        text.CopyTo(bytes[Length..]);
        Length += text.Length;
    }

    public void Add(scoped ReadOnlySpan<char> text)
    {
        var most = Encoding.UTF8.GetMaxByteCount(text.Length);
        if (bytes.Length - Length < most)
        {
            Grow(most);
        }

        Length += Encoding.UTF8.GetBytes(text, bytes[Length..]);
    }

    /// <summary>At most 32 bytes, in lower-case hex.</summary>
    public void AddHex(scoped ReadOnlySpan<byte> value)
    {
        Span<char> hex = stackalloc char[64];
        Convert.TryToHexStringLower(value, hex, out var length);
        Add(hex[..length]);
    }

    public readonly void Dispose()
    {
        if (rented is not null)
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }

    private void Grow(int needed)
    {
        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(bytes.Length * 2, Length + needed));
        Written.CopyTo(larger);
        var previous = rented;
        bytes = rented = larger;
        if (previous is not null)
        {
            ArrayPool<byte>.Shared.Return(previous);
        }
    }
}
