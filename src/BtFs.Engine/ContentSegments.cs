using BtFs.Engine.Verifying;

namespace BtFs.Engine;

/// <summary>The answer to a read: runs of verified bytes, still where they lie, held until this is disposed.</summary>
/// <remarks>Not thread-safe; reusable after <see cref="Dispose"/>. The memory is never managed heap: it stays put without pinning.</remarks>
public sealed class ContentSegments : IDisposable
{
    private readonly List<(SharedBuffer Owner, ReadOnlyMemory<byte> Bytes)> _runs = [];

    /// <summary>How many runs.</summary>
    public int Count => _runs.Count;

    /// <summary>Bytes of all runs together.</summary>
    public int Length { get; private set; }

    /// <summary>A run, in file order.</summary>
    public ReadOnlyMemory<byte> this[int index] => _runs[index].Bytes;

    /// <summary>Appends a run and takes over one hold that the caller already has on <paramref name="owner"/>.</summary>
    internal void Add(SharedBuffer owner, int offset, int length)
    {
        _runs.Add((owner, owner.Memory.Slice(offset, length)));
        Length += length;
    }

    /// <summary>Copies everything to the front of <paramref name="destination"/>.</summary>
    public void CopyTo(Span<byte> destination)
    {
        foreach (var (_, bytes) in _runs)
        {
            bytes.Span.CopyTo(destination);
            destination = destination[bytes.Length..];
        }
    }

    /// <summary>A copy of a part.</summary>
    /// <param name="offset">First byte, counted from the first run's start.</param>
    /// <param name="length">Bytes; no more than are there.</param>
    internal byte[] ToArray(int offset, int length)
    {
        var copy = new byte[length];
        var copied = 0;
        foreach (var (_, bytes) in _runs)
        {
            var skipped = Math.Min(offset, bytes.Length);
            offset -= skipped;
            var part = bytes.Span.Slice(skipped, Math.Min(bytes.Length - skipped, length - copied));
            part.CopyTo(copy.AsSpan(copied));
            copied += part.Length;
        }

        return copy;
    }

    /// <summary>Lets go of every run.</summary>
    public void Dispose()
    {
        foreach (var (owner, _) in _runs)
        {
            owner.Release();
        }

        _runs.Clear();
        Length = 0;
    }
}
