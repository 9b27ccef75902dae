using System.Runtime.CompilerServices;
using Microsoft.Win32.SafeHandles;

namespace BtFs.Engine.Storage;

/// <summary>A file of the cache on the disk.</summary>
internal sealed class StoredFile(SafeFileHandle file) : IStoredFile
{
    // Some file systems cannot tell whether a read would have to wait.
    private volatile bool _canOnlyWait;

    /// <inheritdoc/>
    public long Length => RandomAccess.GetLength(file);

    /// <inheritdoc/>
    public FileIdentity Identity => (Posix.Status(file) ?? throw Posix.LastError("Cannot look at a cache file")).Identity;

    /// <inheritdoc/>
    public async ValueTask<int> ReadAsync(Memory<byte> destination, long offset, CancellationToken cancel)
    {
        var read = 0;
        while (read < destination.Length)
        {
            var more = await RandomAccess.ReadAsync(file, destination[read..], offset + read, cancel);
            if (more == 0)
            {
                break;
            }

            read += more;
        }

        return read;
    }

    /// <inheritdoc/>
    public int ReadNow(Span<byte> destination, long offset)
    {
        if (_canOnlyWait)
        {
            return 0;
        }

        var read = Posix.ReadNow(file, destination, offset);
        if (read < 0 && Posix.LastErrno is Posix.NotSupported or Posix.NoSystemCall)
        {
            _canOnlyWait = true;
        }

        return Math.Max(read, 0);
    }

    /// <inheritdoc/>
    public void LetGo(long offset, long length)
    {
        try
        {
            Posix.DontNeed(file, offset, length);
        }
        catch (ObjectDisposedException)
        {
            // The torrent is closing, and the file with it.
        }
    }

    /// <inheritdoc/>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    public async ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, long offset)
    {
        try
        {
            await RandomAccess.WriteAsync(file, bytes, offset);
        }
        catch (Exception e) when (e is UnauthorizedAccessException or ArgumentOutOfRangeException)
        {
            // How .NET reports EPERM, and EFBIG of a file system with short files. To the cache both are a disk that takes nothing.
            throw new IOException(e.Message, e);
        }
    }

    /// <inheritdoc/>
    public void SetLength(long length) => RandomAccess.SetLength(file, length);

    /// <inheritdoc/>
    public bool TryPunch(long offset, long length) => Posix.TryPunch(file, offset, length);

    /// <inheritdoc/>
    public void Synchronize() => Posix.SynchronizeData(file);

    /// <inheritdoc/>
    public void Dispose() => file.Dispose();
}
