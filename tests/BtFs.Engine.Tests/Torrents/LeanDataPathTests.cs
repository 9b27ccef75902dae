using System.Security.Cryptography;
using BtFs.Engine.Layout;
using BtFs.Engine.Tests.Peers;
using BtFs.Protocol.Metainfo;
using Microsoft.Extensions.Logging.Abstractions;

namespace BtFs.Engine.Tests.Torrents;

/// <summary>What a block costs on its way from a real socket to a reader.</summary>
[Collection(AloneCollection.Name)]
public sealed class LeanDataPathTests : IDisposable
{
    private const int PieceLength = 256 * 1024;
    private const int Length = 96 << 20;

    // Pools, caches and buffers have their size by then.
    private const int WarmedUp = 32 << 20;
    private const int ReadLength = 128 * 1024;

    private readonly string _caches = Directory.CreateTempSubdirectory("btfs-lean-").FullName;
    private readonly byte[] _piece = new byte[PieceLength];

    public LeanDataPathTests() => new Random(1).NextBytes(_piece);

    public void Dispose() => Directory.Delete(_caches, recursive: true);

    [Fact]
    public async Task A_block_of_16_KiB_costs_less_than_100_bytes_of_managed_memory()
    {
        var info = Describe();
        using var seed = new FrugalSeed(info.InfoHash, _piece);
        await using var engine = TorrentEngine.Start(
            new EngineOptions { CacheDirectory = _caches, MinPort = 0, MaxPort = 0 }, TimeProvider.System, new Random(1), NullLoggerFactory.Instance);
        var content = await engine.Add(new TorrentSource { InfoHash = info.InfoHash, Info = info, Peers = [seed.Address] }).Content;
        using var reader = content.OpenReader(new FileIndex(0));

        await ReadAsync(reader, 0, WarmedUp);
        var before = GC.GetTotalAllocatedBytes(precise: true);
        await ReadAsync(reader, WarmedUp, Length);
        var allocated = GC.GetTotalAllocatedBytes(precise: true) - before;

        Assert.InRange(allocated / ((Length - WarmedUp) / TorrentLayout.BlockLength), 0, 99);
    }

    private static async Task ReadAsync(IContentReader reader, int from, int to)
    {
        using var into = new ContentSegments();
        for (var at = from; at < to; at += ReadLength)
        {
            if (!reader.TryRead(at, ReadLength, into))
            {
                await reader.ReadAsync(at, ReadLength, into, CancellationToken.None);
            }

            into.Dispose();
        }
    }

    private InfoDictionary Describe()
    {
        var hashes = new byte[Length / PieceLength * SHA1.HashSizeInBytes];
        for (var at = 0; at < hashes.Length; at += SHA1.HashSizeInBytes)
        {
            SHA1.HashData(_piece, hashes.AsSpan(at));
        }

        return InfoDictionary.Parse(TorrentWriter.WriteInfo(new TorrentDraft
        {
            Name = "alike",
            PieceLength = PieceLength,
            Files = [TorrentFile.At("alike", Length)],
            IsSingleFile = true,
            PieceHashes = hashes,
        }));
    }
}
