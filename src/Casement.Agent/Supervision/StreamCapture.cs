using System.Runtime.InteropServices;
using Casement.Agent.Posix;
using Microsoft.Win32.SafeHandles;

namespace Casement.Agent.Supervision;

/// <summary>
/// One output stream of a script: bytes go from a pipe to a file until the cap; beyond it they are read and dropped, so
/// that a talkative script neither stalls nor fills the disk.
/// </summary>
internal sealed class StreamCapture : IDisposable
{
    private readonly byte[] _buffer = new byte[64 * 1024];
    private readonly SafeFileHandle _file;
    private readonly int _storedMax;
    private long _stored;

    internal StreamCapture(string path, int storedMax)
    {
        _storedMax = storedMax;
        _file = File.OpenHandle(path, FileMode.Create, FileAccess.Write);
        (ReadEnd, WriteEnd) = OpenPipe();
    }

    /// <summary>-1 once everybody who could write has closed the pipe.</summary>
    internal int ReadEnd { get; private set; }

    internal int WriteEnd { get; }

    internal bool IsOpen => ReadEnd >= 0;

    internal bool IsTruncated { get; private set; }

    /// <summary>Reads once; the caller knows that this does not block.</summary>
    internal unsafe void Pump()
    {
        nint count;
        fixed (byte* start = _buffer)
        {
            count = Libc.Read(ReadEnd, start, _buffer.Length);
        }
        if (count < 0 && Marshal.GetLastPInvokeError() is Libc.ErrorInterrupted or Libc.ErrorWouldBlock)
        {
            return;
        }
        if (count <= 0)
        {
            _ = Libc.Close(ReadEnd);
            ReadEnd = -1;
            return;
        }
        Store(_buffer.AsSpan(0, (int)count));
    }

    internal void Sync() => RandomAccess.FlushToDisk(_file);

    public void Dispose() => _file.Dispose();

    private void Store(ReadOnlySpan<byte> bytes)
    {
        var kept = (int)Math.Min(bytes.Length, _storedMax - _stored);
        IsTruncated |= kept < bytes.Length;
        if (kept == 0)
        {
            return;
        }
        try
        {
            RandomAccess.Write(_file, bytes[..kept], _stored);
            _stored += kept;
        }
        catch (IOException)
        {
            // a full disk costs output, never the script
            IsTruncated = true;
        }
    }

    private static unsafe (int Read, int Write) OpenPipe()
    {
        var ends = stackalloc int[2];
        return Libc.Pipe2(ends, Libc.OpenCloseOnExec) == 0
            ? (ends[0], ends[1])
            : throw new IOException($"A pipe could not be opened: {Marshal.GetLastPInvokeErrorMessage()}");
    }
}
