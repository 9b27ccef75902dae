using BtFs.Engine.Storage;

namespace BtFs.Engine.Tests.Storage;

/// <summary>A file in memory that fails when a test wants it to.</summary>
internal sealed class FaultyFile : IStoredFile
{
    private readonly Lock _gate = new();
    private byte[] _bytes = [];
    private int _writes;

    /// <summary>Whether the write of that number fails, counted from 0, after the first half of its bytes.</summary>
    internal Func<int, bool> FailsWrite { get; set; } = _ => false;

    internal bool FailsReads { get; set; }

    internal bool IsInPageCache { get; set; }

    internal bool CanPunch { get; set; } = true;

    internal bool FailsSynchronize { get; set; }

    /// <summary>Told before each write.</summary>
    internal Action Writing { get; set; } = () => { };

    /// <summary>Told of each request to bring it to the disk.</summary>
    internal Action Synchronizing { get; set; } = () => { };

    internal byte[] Bytes
    {
        get
        {
            lock (_gate)
            {
                return [.. _bytes];
            }
        }

        set
        {
            lock (_gate)
            {
                _bytes = [.. value];
            }
        }
    }

    public long Length => Bytes.Length;

    /// <summary>Its number in the file system.</summary>
    internal ulong Inode { get; set; } = 1;

    /// <summary>Counts the changes that the system knows of; setting <see cref="Bytes"/> is none.</summary>
    internal long ModifiedAt { get; set; }

    public FileIdentity Identity => new(Inode, Length, ModifiedAt);

    /// <summary>The same bytes without the faults, as the next run finds them.</summary>
    internal FaultyFile Copy() => new() { Bytes = Bytes, Inode = Inode, ModifiedAt = ModifiedAt };

    public ValueTask<int> ReadAsync(Memory<byte> destination, long offset, CancellationToken cancel)
    {
        if (FailsReads)
        {
            throw new IOException("Input/output error");
        }

        lock (_gate)
        {
            var count = (int)Math.Clamp(_bytes.Length - offset, 0, destination.Length);
            if (count > 0)
            {
                _bytes.AsSpan((int)offset, count).CopyTo(destination.Span);
            }

            return ValueTask.FromResult(count);
        }
    }

    public int ReadNow(Span<byte> destination, long offset)
    {
        lock (_gate)
        {
            var count = FailsReads || !IsInPageCache ? 0 : (int)Math.Clamp(_bytes.Length - offset, 0, destination.Length);
            if (count > 0)
            {
                _bytes.AsSpan((int)offset, count).CopyTo(destination);
            }

            return count;
        }
    }

    public ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, long offset)
    {
        Writing();
        var fails = FailsWrite(_writes++);
        var part = fails ? bytes[..(bytes.Length / 2)] : bytes;
        ModifiedAt++;
        lock (_gate)
        {
            Array.Resize(ref _bytes, (int)Math.Max(_bytes.Length, offset + part.Length));
            part.Span.CopyTo(_bytes.AsSpan((int)offset));
        }

        return fails ? throw new IOException("No space left on device", Posix.NoSpace) : ValueTask.CompletedTask;
    }

    public void SetLength(long length)
    {
        ModifiedAt++;
        lock (_gate)
        {
            Array.Resize(ref _bytes, (int)length);
        }
    }

    public bool TryPunch(long offset, long length)
    {
        if (!CanPunch)
        {
            return false;
        }

        lock (_gate)
        {
            var start = (int)Math.Min(offset, _bytes.Length);
            _bytes.AsSpan(start, (int)Math.Min(offset + length, _bytes.Length) - start).Clear();
        }

        return true;
    }

    public void Synchronize()
    {
        Synchronizing();
        if (FailsSynchronize)
        {
            throw new IOException("Input/output error");
        }
    }

    public void Dispose()
    {
    }
}
