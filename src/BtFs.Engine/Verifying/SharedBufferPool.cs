using System.Runtime.InteropServices;

namespace BtFs.Engine.Verifying;

/// <summary>Piece memory for the whole process. Idle memory is kept by exact length, up to a bound. Safe from any thread.</summary>
/// <remarks>
/// Exact lengths, because nearly all rents of a process are of one or two piece lengths; outside the managed heap, because
/// pieces of megabytes would live and fragment among the large objects.
/// </remarks>
internal sealed unsafe class SharedBufferPool : IDisposable
{
    /// <summary>Idle bytes kept by default: 16 MiB, one long piece or a few hundred short reads.</summary>
    internal const long DefaultIdleLimit = 16L << 20;

    private readonly Lock _gate = new();
    private readonly Dictionary<int, Stack<nint>> _idle = [];
    private readonly long _idleLimit;
    private readonly Action<SharedBuffer> _return;
    private long _idleBytes;
    private long _liveBytes;
    private bool _closed;

    /// <param name="idleLimit">Bytes kept for the next rent at most; 0 keeps none.</param>
    internal SharedBufferPool(long idleLimit = DefaultIdleLimit)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(idleLimit);
        _idleLimit = idleLimit;
        _return = Return;
    }

    /// <summary>Bytes rented and not yet back: the measure for back-pressure.</summary>
    internal long LiveBytes => Interlocked.Read(ref _liveBytes);

    /// <summary>Bytes kept for the next rent.</summary>
    internal long IdleBytes
    {
        get
        {
            lock (_gate)
            {
                return _idleBytes;
            }
        }
    }

    /// <summary>Memory with one holder, the caller. Its content is whatever lay there before.</summary>
    /// <param name="length">Bytes, above 0.</param>
    internal SharedBuffer Rent(int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(length);
        var idle = TakeIdle(length);
        var buffer = idle == 0 ? new SharedBuffer(length, _return) : new SharedBuffer((byte*)idle, length, _return);
        Interlocked.Add(ref _liveBytes, length);
        return buffer;
    }

    /// <summary>Gives idle memory back to the system; what is still held follows when it is released.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _closed = true;
            FreeIdle(except: 0);
        }
    }

    private nint TakeIdle(int length)
    {
        lock (_gate)
        {
            if (!_idle.TryGetValue(length, out var idle) || !idle.TryPop(out var bytes))
            {
                return 0;
            }

            _idleBytes -= length;
            return bytes;
        }
    }

    private void Return(SharedBuffer buffer)
    {
        Interlocked.Add(ref _liveBytes, -buffer.Length);
        if (!TryKeep(buffer))
        {
            buffer.Free();
        }
    }

    private bool TryKeep(SharedBuffer buffer)
    {
        lock (_gate)
        {
            if (_closed || buffer.Length > _idleLimit)
            {
                return false;
            }

            if (_idleBytes + buffer.Length > _idleLimit)
            {
                // Lengths of a torrent long closed must not crowd out the ones in use now.
                FreeIdle(except: buffer.Length);
            }

            if (_idleBytes + buffer.Length > _idleLimit)
            {
                return false;
            }

            if (!_idle.TryGetValue(buffer.Length, out var idle))
            {
                _idle[buffer.Length] = idle = new Stack<nint>();
            }

            idle.Push((nint)buffer.Address);
            _idleBytes += buffer.Length;
            return true;
        }
    }

    private void FreeIdle(int except)
    {
        foreach (var (length, idle) in _idle)
        {
            if (length == except)
            {
                continue;
            }

            while (idle.TryPop(out var bytes))
            {
                NativeMemory.Free((void*)bytes);
                _idleBytes -= length;
            }

            _idle.Remove(length);
        }
    }
}
