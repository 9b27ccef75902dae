using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using BtFs.Engine;

namespace BtFs.Mount;

/// <summary>The files that programs have open, each with a reader of its own: two players of one file do not disturb each other's read-ahead.</summary>
/// <remarks>Safe from any thread.</remarks>
internal sealed class OpenFiles : IDisposable
{
    /// <summary>How many may be open at once.</summary>
    public const int MaxHandles = 65_536;

    private readonly ConcurrentDictionary<ulong, OpenFile> _byHandle = [];
    private ulong _lastHandle;
    private int _count;

    /// <summary>Takes in an opening.</summary>
    /// <param name="node">The file.</param>
    /// <param name="content">Gives the reader.</param>
    /// <param name="style">Whether anything is fetched ahead of its reads.</param>
    /// <param name="handle">The name of the opening from now on; never used twice.</param>
    /// <returns><see langword="false"/> when <see cref="MaxHandles"/> are open.</returns>
    public bool TryOpen(FileNode node, ITorrentContent content, ReadingStyle style, out ulong handle)
    {
        handle = 0;
        if (Interlocked.Increment(ref _count) > MaxHandles)
        {
            Interlocked.Decrement(ref _count);
            return false;
        }

        handle = Interlocked.Increment(ref _lastHandle);
        _byHandle[handle] = new OpenFile(node, content.OpenReader(node.File, style));
        return true;
    }

    /// <summary>Finds an opening.</summary>
    public bool TryGet(ulong handle, [NotNullWhen(true)] out OpenFile? file) => _byHandle.TryGetValue(handle, out file);

    /// <summary>Ends an opening; one that is not known is none of our business.</summary>
    public void Close(ulong handle)
    {
        if (_byHandle.TryRemove(handle, out var file))
        {
            Interlocked.Decrement(ref _count);
            file.Reader.Dispose();
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

/// <summary>One opening of one file.</summary>
/// <param name="Node">The file.</param>
/// <param name="Reader">Its reader.</param>
internal sealed record OpenFile(FileNode Node, IContentReader Reader);
