using System.Buffers;
using System.Net;
using System.Net.Sockets;
using BtFs.Engine.Layout;
using BtFs.Engine.Peers;
using BtFs.Engine.Peers.Transports;
using BtFs.Engine.Torrents;
using BtFs.Engine.Verifying;
using BtFs.Protocol.Peer;
using BtFs.Testing;

namespace BtFs.Engine.Tests.Peers;

/// <summary>A session, and the raw socket of the peer at its other end.</summary>
internal sealed class ConnectedPeer : IAsyncDisposable
{
    private readonly Task _running;

    private ConnectedPeer(PeerSession session, Socket theirs, Inbox inbox)
    {
        Session = session;
        Theirs = theirs;
        Inbox = inbox;
        _running = session.RunAsync();
    }

    internal static TorrentLayout Layout { get; } = new(64 * 1024, [1024 * 1024]);

    internal PeerSession Session { get; }

    internal Socket Theirs { get; }

    internal Inbox Inbox { get; }

    internal static PeerSessionOptions Options(TimeProvider time) => new()
    {
        Time = time,
        Download = new RateLimiter(0, time),
        Upload = new RateLimiter(0, time),
    };

    internal static async Task<ConnectedPeer> ConnectAsync(
        PeerSessionOptions? options = null, bool fast = true, int? theirReceiveBuffer = null)
    {
        var (ours, theirs) = await Loopback.PairAsync(theirReceiveBuffer);
        var hello = new PeerHello(new IPEndPoint(IPAddress.Loopback, 1), default, IsIncoming: false, Fast: fast, Extended: true, V2: false);
        var inbox = new Inbox();
        return new ConnectedPeer(new PeerSession(new TcpTransport(ours), hello, options ?? Options(new ManualTimeProvider()), inbox.Post), theirs, inbox);
    }

    internal static PieceAssembly Assembly(int piece, Action<SharedBuffer>? returned = null)
    {
        var index = new PieceIndex(piece);
        return new PieceAssembly(index, Layout, new SharedBuffer(Layout.LengthOf(index), returned ?? (_ => { })));
    }

    internal static BlockRef Block(int piece, int number) => Layout.BlockAt(new PieceIndex(piece), number);

    internal static byte[] Content(BlockRef block, int seed = 7)
    {
        var bytes = new byte[block.Length];
        new Random(HashCode.Combine(block.Piece.Value, block.Number) ^ seed).NextBytes(bytes);
        return bytes;
    }

    internal static byte[] Bytes(params PeerMessage[] messages)
    {
        var writer = new ArrayBufferWriter<byte>();
        foreach (var message in messages)
        {
            PeerMessageWriter.Write(writer, message);
        }

        return writer.WrittenSpan.ToArray();
    }

    internal static byte[] Piece(BlockRef block, byte[] content)
    {
        var writer = new ArrayBufferWriter<byte>();
        PeerMessageWriter.WritePieceHeader(writer, block.Piece.Value, block.Offset, content.Length);
        writer.Write(content);
        return writer.WrittenSpan.ToArray();
    }

    internal async Task SayAsync(params PeerMessage[] messages) => await SayAsync(Bytes(messages));

    internal async Task SayAsync(byte[] bytes) => await Theirs.SendAsync(bytes);

    internal Task<string> GoneAsync() => Inbox.FindAsync<TorrentEvent.PeerGone>().ContinueWith(
        gone => gone.Result.Reason, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);

    /// <summary>Ends once the session has: everything is given back then.</summary>
    internal Task EndAsync() => _running.WaitAsync(Loopback.Patience);

    public async ValueTask DisposeAsync()
    {
        Session.Close("the test is over");
        await EndAsync();
        Theirs.Dispose();
    }
}
