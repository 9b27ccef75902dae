using BtFs.Fuse.Abi;
using Microsoft.Win32.SafeHandles;

namespace BtFs.Fuse;

/// <summary>A descriptor that keeps messages whole: <c>/dev/fuse</c>, or one end of a SOCK_SEQPACKET pair when there is no kernel at the other.</summary>
/// <remarks>Reading and writing may go on at once from several threads. Closing does not wake a reader: the other side has to end the connection.</remarks>
internal sealed unsafe class FuseChannel(SafeFileHandle device) : IDisposable
{
    private readonly int _descriptor = (int)device.DangerousGetHandle();

    /// <summary>Waits for the next message.</summary>
    /// <param name="buffer">For <c>/dev/fuse</c> at least 8 KiB; longer requests are refused by the kernel itself.</param>
    /// <param name="length">Bytes received; 0 when the other side is gone.</param>
    public Errno Read(Span<byte> buffer, out int length)
    {
        fixed (byte* start = buffer)
        {
            var result = Libc.Read(_descriptor, start, (nuint)buffer.Length);
            var error = result < 0 ? Libc.LastError : Errno.None;
            length = result < 0 ? 0 : (int)result;
            return error;
        }
    }

    /// <summary>Sends one message made of parts; the memory behind them must stay where it is.</summary>
    /// <returns><see cref="Errno.ENODEV"/> also when the channel is closed: its number may belong to another file by now.</returns>
    public Errno Write(ReadOnlySpan<IoVector> parts)
    {
        var held = false;
        try
        {
            device.DangerousAddRef(ref held);
            fixed (IoVector* first = parts)
            {
                return Libc.WriteVector(_descriptor, first, parts.Length) < 0 ? Libc.LastError : Errno.None;
            }
        }
        catch (ObjectDisposedException)
        {
            return Errno.ENODEV;
        }
        finally
        {
            if (held)
            {
                device.DangerousRelease();
            }
        }
    }

    public void Dispose() => device.Dispose();
}
