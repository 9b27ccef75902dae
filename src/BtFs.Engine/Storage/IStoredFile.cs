namespace BtFs.Engine.Storage;

/// <summary>A file of the cache. Reads may come from any thread and overlap; writes come from one owner.</summary>
internal interface IStoredFile : IDisposable
{
    /// <summary>Bytes in the file.</summary>
    /// <exception cref="IOException">The disk failed.</exception>
    long Length { get; }

    /// <summary>What tells this file from another in its place.</summary>
    /// <exception cref="IOException">The disk failed.</exception>
    FileIdentity Identity { get; }

    /// <summary>Fills <paramref name="destination"/> as far as the file goes.</summary>
    /// <returns>Bytes read; fewer than asked only at the end of the file.</returns>
    /// <exception cref="IOException">The disk failed.</exception>
    ValueTask<int> ReadAsync(Memory<byte> destination, long offset, CancellationToken cancel);

    /// <summary>Fills <paramref name="destination"/> with what the system has in memory; never waits for the disk, and never fails.</summary>
    /// <returns>Bytes read, possibly none.</returns>
    /// <exception cref="ObjectDisposedException">The file is closed.</exception>
    int ReadNow(Span<byte> destination, long offset);

    /// <summary>The system need not keep a range in memory any longer. A hint: nothing is lost, and nobody hears whether it was taken.</summary>
    void LetGo(long offset, long length)
    {
    }

    /// <summary>Writes all of <paramref name="bytes"/>.</summary>
    /// <exception cref="IOException">The disk failed or is full; some of the bytes may be written.</exception>
    ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, long offset);

    /// <summary>Cuts the file off.</summary>
    /// <exception cref="IOException">The disk failed.</exception>
    void SetLength(long length);

    /// <summary>Gives the disk back what a range takes. It reads as zeros from then on; the length of the file stays.</summary>
    /// <param name="offset">First byte, a multiple of the file system's blocks: parts of them cannot be given back.</param>
    /// <param name="length">Bytes, likewise; may go beyond the end.</param>
    /// <returns>False when the file system cannot do so at all.</returns>
    /// <exception cref="IOException">The disk failed.</exception>
    bool TryPunch(long offset, long length);

    /// <summary>Waits until everything written would survive a power cut, the file's name aside.</summary>
    /// <exception cref="IOException">It may not. What was written since the last success is unknown.</exception>
    void Synchronize();
}
