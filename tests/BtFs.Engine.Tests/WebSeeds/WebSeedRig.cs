using BtFs.Engine.Discovery;
using BtFs.Engine.Layout;
using BtFs.Engine.Network;
using BtFs.Engine.Peers;
using BtFs.Engine.Tests.Peers;
using BtFs.Engine.Tests.Storage;
using BtFs.Engine.Torrents;
using BtFs.Engine.Verifying;
using BtFs.Engine.WebSeeds;
using BtFs.Protocol.Metainfo;
using BtFs.Protocol.Peer;
using BtFs.Testing;

namespace BtFs.Engine.Tests.WebSeeds;

/// <summary>The wire to one web seed, with the test in the place of the torrent's loop; real sockets, and a clock that the test advances.</summary>
internal sealed class WebSeedRig : IAsyncDisposable
{
    internal const int Block = TorrentLayout.BlockLength;

    private readonly SharedBufferPool _buffers = new();
    private readonly Dictionary<int, PieceAssembly> _pieces = [];
    private readonly WebSeedGroup _group;

    private WebSeedRig(TorrentSource source, InfoDictionary info, TorrentLayout layout, long rate)
    {
        Layout = layout;
        var sessions = new PeerSessionOptions { Time = Time, Download = new RateLimiter(rate, Time), DiskIsBehind = () => DiskIsBehind, Upload = new RateLimiter(0, Time) };
        _group = new WebSeedGroup(source, info, layout, new WebSeedContext(sessions, new HostLookup(Time), new NetworkRoute(new NetworkOptions(), Time), Inbox.Post, Logs));
    }

    internal ManualTimeProvider Time { get; } = new();

    internal Inbox Inbox { get; } = new();

    /// <summary>Whether the disk is behind, so that nothing should be received.</summary>
    internal bool DiskIsBehind { get; set; }

    internal RecordedLog Logs { get; } = new();

    internal TorrentLayout Layout { get; }

    internal IPeerWire Wire { get; private set; } = null!;

    /// <summary>Joins a web seed, with a limit of bytes a second or 0, of a torrent; it has been taken in, has everything and does not choke.</summary>
    internal static Task<WebSeedRig> StartAsync(Uri root, InfoDictionary info, long rate = 0) =>
        StartAsync(new TorrentSource { InfoHash = info.InfoHash, WebSeeds = [root] }, info, rate);

    /// <summary>The same, of whichever kind the source names.</summary>
    internal static async Task<WebSeedRig> StartAsync(TorrentSource source, InfoDictionary info, long rate = 0)
    {
        var rig = new WebSeedRig(source, info, new TorrentLayout(info.PieceLength, [.. info.Files.Select(file => file.Length)]), rate);
        rig.Wire = (await rig.Inbox.NextAsync<TorrentEvent.PeerConnected>()).Peer;
        Assert.IsType<PeerMessage.HaveAll>(await rig.NextMessageAsync());
        Assert.IsType<PeerMessage.Unchoke>(await rig.NextMessageAsync());
        return rig;
    }

    /// <summary>A torrent of one file of that many blocks, four to a piece.</summary>
    internal static InfoDictionary OneFile(long length, string name = "film.bin") => Info(name, isSingleFile: true, TorrentOf.File(name, length));

    internal static InfoDictionary Info(string name, bool isSingleFile, params IReadOnlyList<TorrentFile> files) =>
        InfoDictionary.Parse(TorrentWriter.WriteInfo(new TorrentDraft
        {
            Name = name,
            PieceLength = 4 * Block,
            Files = files,
            PieceHashes = new byte[(files.Sum(file => file.Length) + (4 * Block) - 1) / (4 * Block) * InfoHash.Size],
            IsSingleFile = isSingleFile,
        }));

    internal static byte[] Noise(int length, int seed = 1)
    {
        var bytes = new byte[length];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    internal async Task<PeerMessage> NextMessageAsync() => (await Inbox.NextAsync<TorrentEvent.MessageReceived>()).Message;

    /// <summary>A block of the torrent, by its number in all of it.</summary>
    internal BlockRef At(int block) => Layout.BlockAt(new PieceIndex(block / 4), block % 4);

    /// <summary>Asks for some blocks in one turn.</summary>
    internal void Ask(int first, int count = 1, bool isUrgent = false)
    {
        for (var i = first; i < first + count; i++)
        {
            Queue(i, isUrgent);
        }

        Wire.Flush();
    }

    /// <summary>The same, with the turn going on.</summary>
    internal void Queue(int block, bool isUrgent = false) => Wire.Request(At(block), PieceOf(At(block)), isUrgent);

    /// <summary>The bytes of so many blocks, in the order in which they come; all must have come into their pieces.</summary>
    internal async Task<byte[]> TakeAsync(int count)
    {
        var all = new List<byte>();
        for (var i = 0; i < count; i++)
        {
            var (block, target, taken) = await Inbox.NextBlockAsync();
            Assert.True(taken);
            all.AddRange(target.Bytes.GetSpan().Slice(block.Offset, block.Length));
        }

        return [.. all];
    }

    /// <summary>The seed refuses so many requests, choking meanwhile.</summary>
    internal async Task<IReadOnlyList<BlockRef>> RefusedAsync(int count)
    {
        Assert.IsType<PeerMessage.Choke>(await NextMessageAsync());
        var refused = new List<BlockRef>();
        for (var i = 0; i < count; i++)
        {
            var reject = Assert.IsType<PeerMessage.RejectRequest>(await NextMessageAsync());
            Assert.True(Layout.TryBlock(reject.Piece, reject.Begin, reject.Length, out var block));
            refused.Add(block);
        }

        return refused;
    }

    /// <summary>The next event, which must tell that pieces are there or not.</summary>
    internal async Task<(int First, int Last, bool AreThere)> OfferedAsync()
    {
        var offered = await Inbox.NextAsync<TorrentEvent.PiecesOffered>();
        return (offered.First.Value, offered.Last.Value, offered.AreThere);
    }

    public async ValueTask DisposeAsync()
    {
        await _group.DisposeAsync();
        foreach (var piece in _pieces.Values)
        {
            piece.Drop();
        }

        Assert.Equal(0, _buffers.LiveBytes);
        _buffers.Dispose();
    }

    private PieceAssembly PieceOf(BlockRef block)
    {
        if (!_pieces.TryGetValue(block.Piece.Value, out var piece))
        {
            _pieces[block.Piece.Value] = piece = new PieceAssembly(block.Piece, Layout, _buffers.Rent(Layout.LengthOf(block.Piece)));
        }

        return piece;
    }
}
