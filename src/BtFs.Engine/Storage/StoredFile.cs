using System.Runtime.CompilerServices;
using Microsoft.Win32.SafeHandles;

namespace BtFs.Engine.Storage;

/// <summary>A file of the cache on the disk.</summary>
internal sealed class StoredFile(SafeFileHandle file) : IStoredFile
{
    /// <inheritdoc/>
    public long Length => RandomAccess.GetLength(file);

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
    public void Synchronize() => Posix.Synchronize(file);

    /// <inheritdoc/>
    public void Dispose() => file.Dispose();
}
