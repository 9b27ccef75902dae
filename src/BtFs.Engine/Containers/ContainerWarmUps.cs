using BtFs.Engine.Layout;
using BtFs.Engine.Storage;
using BtFs.Engine.Torrents;

namespace BtFs.Engine.Containers;

/// <summary>The warm-ups of one torrent: one for each open file that may need it, however many handles are open on it. Thread-safe.</summary>
internal sealed class ContainerWarmUps(TorrentLayout layout, PieceMap pieces, IRangeStore store, Action<TorrentEvent> post)
{
    private readonly Dictionary<FileIndex, ContainerWarmUp> _open = [];

    /// <summary>Shows a new handle's answers to its file's warm-up, unless the file is short or complete.</summary>
    /// <param name="file">The handle's file.</param>
    /// <param name="reader">The handle; whoever disposes of the answer disposes of it.</param>
    internal IContentReader Follow(FileIndex file, IContentReader reader) =>
        Open(file) is { } warmUp ? new WarmingReader(reader, warmUp, this) : reader;

    /// <summary>The warm-up that a new handle is to tell of its reads; null when the file needs none.</summary>
    internal ContainerWarmUp? Open(FileIndex file)
    {
        lock (_open)
        {
            if (!_open.TryGetValue(file, out var warmUp))
            {
                var length = layout.LengthOf(file);
                if (length < ContainerWarmUp.MinFileLength || pieces.BytesPresentIn(file) == length)
                {
                    return null;
                }

                _open[file] = warmUp = new ContainerWarmUp(file, layout, store, post);
            }

            warmUp.Readers++;
            return warmUp;
        }
    }

    /// <summary>A handle was closed; with the last one the file's index is no longer asked for.</summary>
    internal void Close(ContainerWarmUp warmUp)
    {
        lock (_open)
        {
            if (--warmUp.Readers == 0)
            {
                _open.Remove(warmUp.File);
                warmUp.Close();
            }
        }
    }
}
