using System.Collections.Concurrent;
using BtFs.Engine.Layout;
using BtFs.Engine.Storage;
using BtFs.Engine.Verifying;
using BtFs.Testing;

namespace BtFs.Engine.Tests.Storage;

/// <summary>All that a store needs, with the means to look at it from outside.</summary>
internal sealed class StorageBench : IDisposable
{
    private static readonly SampleTorrent Filler = new(1 << 20, 1 << 20, seed: 99);

    private readonly string _folder = Directory.CreateTempSubdirectory("btfs-storage-").FullName;

    internal StorageBench(long memoryBytes = 1 << 20) =>
        Shared = new SharedStorage(new BlockCache(memoryBytes), new SharedBufferPool(), Time, Log) { Boot = FirstBoot };

    /// <summary>The machine's first start, and the one after a power cut.</summary>
    internal static readonly Guid FirstBoot = new(1, 0, 0, new byte[8]);
    internal static readonly Guid NextBoot = new(2, 0, 0, new byte[8]);

    internal ManualTimeProvider Time { get; } = new();

    internal RecordedLog Log { get; } = new();

    internal SharedStorage Shared { get; set; }

    internal ConcurrentQueue<PieceIndex> Lost { get; } = [];

    internal string CacheDirectory => Path.Combine(_folder, "cache");

    internal string FolderOf(SampleTorrent torrent) => Path.Combine(CacheDirectory, torrent.InfoHash.ToString());

    internal Task<RangeStore> OpenAsync(SampleTorrent torrent, bool keep, Action<PieceIndex>? lost = null) =>
        RangeStore.OpenAsync(CacheFolder.Open(CacheDirectory, torrent.InfoHash), keep, torrent.Stored, Shared, lost ?? Lost.Enqueue);

    internal Task<RangeStore> OpenAsync(SampleTorrent torrent, FaultyFile data, FaultyFile index, bool keep = true) =>
        RangeStore.OpenAsync(new DiskFiles(data, index, keep), torrent.Stored, Shared, Lost.Enqueue);

    internal void AddAll(IRangeStore store, SampleTorrent torrent)
    {
        foreach (var piece in torrent.Pieces)
        {
            store.Add(torrent.Range(piece, Shared.Buffers));
        }
    }

    /// <summary>Lets go of all memory, so that only the disk can answer.</summary>
    internal void ForgetMemory(IRangeStore store)
    {
        Eventually.True(() => store.BytesWaiting == 0);
        EvictAll();
    }

    /// <summary>Has one long range take all of the block cache.</summary>
    internal void EvictAll()
    {
        Shared.Memory.Add(new RangeKey(new PieceIndex(0), _ => { }), Filler.Range(new PieceIndex(0), Shared.Buffers));
    }

    /// <summary>Reads a slice: false when it is not here; fails when its bytes are wrong.</summary>
    internal static async Task<bool> ReadsRightAsync(IRangeStore store, SampleTorrent torrent, PieceSlice slice)
    {
        using var segments = new ContentSegments();
        if (!await store.ReadAsync(slice, segments, CancellationToken.None))
        {
            Assert.Equal(0, segments.Length);
            return false;
        }

        var bytes = new byte[segments.Length];
        segments.CopyTo(bytes);
        Assert.True(torrent.BytesOf(slice).SequenceEqual(bytes), $"{slice} read wrong bytes.");
        return true;
    }

    internal static async Task<int> CountReadableAsync(IRangeStore store, SampleTorrent torrent)
    {
        var readable = 0;
        foreach (var piece in torrent.Pieces)
        {
            readable += await ReadsRightAsync(store, torrent, torrent.Layout.Whole(piece)) ? 1 : 0;
        }

        return readable;
    }

    public void Dispose()
    {
        Shared.Memory.Dispose();
        Eventually.True(() => Shared.Buffers.LiveBytes == 0);
        Shared.Buffers.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}
