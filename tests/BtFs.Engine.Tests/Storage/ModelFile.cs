using BtFs.Engine.Storage;

namespace BtFs.Engine.Tests.Storage;

/// <summary>A file of a <see cref="ModelDisk"/>, as the system shows it: with all that was written, whether or not it has reached the disk.</summary>
internal sealed class ModelFile(ModelDisk disk, ulong inode, byte[] bytes, long modifiedAt) : IStoredFile
{
    private readonly Lock _gate = new();
    private byte[] _bytes = bytes;
    private long _modifiedAt = modifiedAt;

    public long Length
    {
        get
        {
            lock (_gate)
            {
                return _bytes.Length;
            }
        }
    }

    public FileIdentity Identity
    {
        get
        {
            lock (_gate)
            {
                return new FileIdentity(inode, _bytes.Length, _modifiedAt);
            }
        }
    }

    public ValueTask<int> ReadAsync(Memory<byte> destination, long offset, CancellationToken cancel) =>
        ValueTask.FromResult(ReadNow(destination.Span, offset));

    public int ReadNow(Span<byte> destination, long offset)
    {
        lock (_gate)
        {
            var count = (int)Math.Clamp(_bytes.Length - offset, 0, destination.Length);
            if (count > 0)
            {
                _bytes.AsSpan((int)offset, count).CopyTo(destination);
            }

            return count;
        }
    }

    public ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, long offset)
    {
        lock (_gate)
        {
            _bytes = ModelDisk.Written(_bytes, offset, bytes.Span);
            _modifiedAt++;
        }

        disk.Note(new DiskCall.Write(this, offset, bytes.ToArray()));
        return ValueTask.CompletedTask;
    }

    public void SetLength(long length)
    {
        lock (_gate)
        {
            Array.Resize(ref _bytes, (int)length);
            _modifiedAt++;
        }

        disk.Note(new DiskCall.SetLength(this, length));
    }

    /// <summary>To whoever reads it later, a hole is zeros that were written.</summary>
    public bool TryPunch(long offset, long length)
    {
        var count = (int)Math.Clamp(Length - offset, 0, length);
        if (count > 0)
        {
            WriteAsync(new byte[count], offset).GetAwaiter().GetResult();
        }

        return true;
    }

    public void Synchronize()
    {
        disk.FailIfAsked();
        disk.Note(new DiskCall.SynchronizeFile(this));
    }

    public void Dispose()
    {
    }
}
