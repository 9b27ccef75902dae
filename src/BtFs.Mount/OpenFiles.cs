using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using BtFs.Mount.Branches;

namespace BtFs.Mount;

/// <summary>What programs have open.</summary>
/// <remarks>Safe from any thread.</remarks>
internal sealed class OpenFiles : IDisposable
{
    /// <summary>How many may be open at once.</summary>
    public const int MaxHandles = 65_536;

    private readonly ConcurrentDictionary<ulong, IOpenedNode> _byHandle = [];
    private ulong _lastHandle;
    private int _count;

    /// <summary>Takes in an opening.</summary>
    /// <param name="file">The opening, disposed when it is closed.</param>
    /// <param name="handle">Its name from now on; never used twice.</param>
    /// <returns><see langword="false"/> when <see cref="MaxHandles"/> are open: it stays the caller's then.</returns>
    public bool TryAdd(IOpenedNode file, out ulong handle)
    {
        handle = 0;
        if (Interlocked.Increment(ref _count) > MaxHandles)
        {
            Interlocked.Decrement(ref _count);
            return false;
        }

        handle = Interlocked.Increment(ref _lastHandle);
        _byHandle[handle] = file;
        return true;
    }

    /// <summary>Finds an opening.</summary>
    public bool TryGet(ulong handle, [NotNullWhen(true)] out IOpenedNode? file) => _byHandle.TryGetValue(handle, out file);

    /// <summary>Ends an opening; one that is not known is none of our business.</summary>
    public void Close(ulong handle)
    {
        if (_byHandle.TryRemove(handle, out var file))
        {
            Interlocked.Decrement(ref _count);
            file.Dispose();
        }
    }

    /// <summary>Ends them all: the kernel sends no RELEASE when a mount goes away.</summary>
    public void Dispose()
    {
        foreach (var handle in _byHandle.Keys)
        {
            Close(handle);
        }
    }
}
