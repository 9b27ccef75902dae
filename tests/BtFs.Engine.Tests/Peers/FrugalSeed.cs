using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using BtFs.Engine.Layout;
using BtFs.Protocol.Metainfo;
using BtFs.Protocol.Peer;

namespace BtFs.Engine.Tests.Peers;

/// <summary>A seed of a torrent whose pieces are all alike, on a thread of its own; it allocates nothing for each block it sends.</summary>
internal sealed class FrugalSeed : IDisposable
{
    private const int RequestBytes = 17;

    private readonly Socket _listener = Loopback.Listen();
    private readonly Thread _thread;
    private readonly InfoHash _torrent;
    private readonly byte[] _piece;
    private readonly byte[] _block = new byte[13 + TorrentLayout.BlockLength];

    /// <param name="torrent">The torrent.</param>
    /// <param name="piece">The bytes of every piece.</param>
    internal FrugalSeed(InfoHash torrent, byte[] piece)
    {
        _torrent = torrent;
        _piece = piece;
        _thread = new Thread(Run) { IsBackground = true, Name = "frugal seed" };
        _thread.Start();
    }

    internal IPEndPoint Address => _listener.Address();

    public void Dispose()
    {
        _listener.Dispose();
        _thread.Join();
    }

    private void Run()
    {
        try
        {
            using var peer = _listener.Accept();
            peer.NoDelay = true;
            Receive(peer, new byte[Handshake.Bytes]);
            peer.Send(Greeting.Bytes(_torrent, extended: false));
            peer.Send(ConnectedPeer.Bytes(new PeerMessage.HaveAll(), new PeerMessage.Unchoke()));
            Serve(peer);
        }
        catch (SocketException)
        {
            // The other side has gone, or nobody came.
        }
    }

    private void Serve(Socket peer)
    {
        Span<byte> message = stackalloc byte[RequestBytes];
        while (true)
        {
            Receive(peer, message[..4]);
            var length = BinaryPrimitives.ReadInt32BigEndian(message);
            if (length == 0)
            {
                continue;
            }

            Receive(peer, message.Slice(4, Math.Min(length, RequestBytes - 4)));
            for (var left = length - (RequestBytes - 4); left > 0; left--)
            {
                Receive(peer, message[..1]);
            }

            if (length == RequestBytes - 4 && message[4] == (byte)MessageId.Request)
            {
                Answer(peer, message[5..]);
            }
        }
    }

    private void Answer(Socket peer, ReadOnlySpan<byte> request)
    {
        var begin = BinaryPrimitives.ReadInt32BigEndian(request[4..]);
        var length = BinaryPrimitives.ReadInt32BigEndian(request[8..]);
        BinaryPrimitives.WriteInt32BigEndian(_block, 9 + length);
        _block[4] = (byte)MessageId.Piece;
        request[..8].CopyTo(_block.AsSpan(5));
        _piece.AsSpan(begin, length).CopyTo(_block.AsSpan(13));
        for (var sent = 0; sent < 13 + length;)
        {
            sent += peer.Send(_block.AsSpan(sent, 13 + length - sent));
        }
    }

    private static void Receive(Socket peer, Span<byte> into)
    {
        while (into.Length > 0)
        {
            var count = peer.Receive(into);
            if (count == 0)
            {
                throw new SocketException((int)SocketError.ConnectionReset);
            }

            into = into[count..];
        }
    }
}
