using System.Diagnostics;
using System.Net.Sockets;
using System.Security.Cryptography;
using BtFs.Engine.Layout;
using BtFs.Engine.Peers;
using BtFs.Engine.Peers.Transports;
using BtFs.Engine.Storage;
using BtFs.Engine.Tests.Peers;
using BtFs.Engine.Tests.Storage;
using BtFs.Engine.Torrents;
using BtFs.Engine.Verifying;
using BtFs.Protocol.Metainfo;
using Microsoft.Extensions.Logging.Abstractions;

namespace BtFs.Engine.Tests.Torrents;

/// <summary>What a block of 16 KiB costs on its way from a real socket, in bytes of managed memory.</summary>
[Collection(AloneCollection.Name)]
public sealed class LeanDataPathTests : IDisposable
{
    // Pools, caches and buffers have their size by then, but for an array or two: what is measured must be long beside those.
    private const int WarmedUp = 64 << 20;
    private const int Length = WarmedUp + (256 << 20);
    private const int ReadLength = 128 * 1024;
    private const int BlocksMeasured = (Length - WarmedUp) / TorrentLayout.BlockLength;

    private readonly string _caches = Directory.CreateTempSubdirectory("btfs-lean-").FullName;
    private byte[] _piece = [];

    public void Dispose() => Directory.Delete(_caches, recursive: true);

    // What a piece costs is the same for every length of it, so the shorter ones cost more for a block. In a debug build, and on the
    // pool: the test runner's own context allocates for whatever goes on in it.
    [Theory]
    [InlineData(1024, 99)]
    [InlineData(256, 199)]
    public async Task From_the_socket_to_the_block_cache_a_block_costs_next_to_no_managed_memory(int kibInPiece, int most)
    {
        UsePieces(kibInPiece);
        Assert.InRange(await LeastAsync(ReceiveAndStoreAsync), 0, most);
    }

    [Theory]
    [InlineData(1024, 99)]
    [InlineData(256, 299)]
    public async Task Neither_does_a_block_read_through_the_whole_engine(int kibInPiece, int most)
    {
        UsePieces(kibInPiece);
        Assert.InRange(await LeastAsync(ReadThroughEngineAsync), 0, most);
    }

    private int PieceLength => _piece.Length;

    /// <summary>The least of a few measurements: on a busy machine more operations have to wait, and whatever else goes on in the process adds.</summary>
    private static async Task<long> LeastAsync(Func<Task<long>> measure)
    {
        var least = long.MaxValue;
        for (var i = 0; i < 3; i++)
        {
            least = Math.Min(least, await Task.Run(measure));
        }

        return least;
    }

    private void UsePieces(int kibInPiece)
    {
        _piece = new byte[kibInPiece * 1024];
        new Random(1).NextBytes(_piece);
    }

    private async Task<long> ReceiveAndStoreAsync()
    {
        var torrent = InfoHash.OfInfo("alike"u8);
        using var seed = new FrugalSeed(torrent, _piece);
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(seed.Address);
        await socket.SendAsync(Greeting.Bytes(torrent));
        await socket.ReceiveHandshakeAsync();

        using var bench = new StorageBench(memoryBytes: 16 << 20);
        var layout = new TorrentLayout(PieceLength, [Length]);
        var digest = SHA1.HashData(_piece);
        await using var workers = new HashWorkers();
        await using var verifier = new PieceVerifier(workers, _ => digest);
        await using var store = RangeStore.InMemory(layout, bench.Shared, _ => { });
        var hello = new PeerHello(seed.Address, default, IsIncoming: false, Fast: true, Extended: false, V2: false);
        var inbox = new TorrentInbox();
        var session = new PeerSession(new TcpTransport(socket), hello, ConnectedPeer.Options(TimeProvider.System), inbox.Post);
        var running = session.RunAsync();
        var receiver = new LeanReceiver(session, inbox, layout, verifier, store, bench.Shared.Buffers);

        await receiver.UntilStoredAsync(WarmedUp / PieceLength);
        var allocated = await AllocatedAsync(() => receiver.UntilStoredAsync(Length / PieceLength));
        session.Close("the test is over");
        await running;

        return allocated / BlocksMeasured;
    }

    private async Task<long> ReadThroughEngineAsync()
    {
        var info = Describe();
        using var seed = new FrugalSeed(info.InfoHash, _piece);
        await using var engine = TorrentEngine.Start(
            new EngineOptions { CacheDirectory = _caches, MinPort = 0, MaxPort = 0 }, TimeProvider.System, new Random(1), NullLoggerFactory.Instance);
        var content = await engine.Add(new TorrentSource { InfoHash = info.InfoHash, Info = info, Peers = [seed.Address] }).Content;
        using var reader = content.OpenReader(new FileIndex(0));

        await ReadAsync(reader, 0, WarmedUp);
        return await AllocatedAsync(() => ReadAsync(reader, WarmedUp, Length)) / BlocksMeasured;
    }

    /// <summary>What something allocates, less what is allocated in as much time afterwards: what else goes on in the process is not its cost.</summary>
    private static async Task<long> AllocatedAsync(Func<Task> work)
    {
        var since = Stopwatch.GetTimestamp();
        var before = GC.GetTotalAllocatedBytes(precise: true);
        await work();
        var after = GC.GetTotalAllocatedBytes(precise: true);
        await Task.Delay(Stopwatch.GetElapsedTime(since));
        return Math.Max(0, after - before - (GC.GetTotalAllocatedBytes(precise: true) - after));
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
