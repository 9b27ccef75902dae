using System.Buffers;
using System.Net.Sockets;
using BtFs.Protocol.Metainfo;
using BtFs.Protocol.Peer;

namespace BtFs.Engine.Tests.Peers;

/// <summary>Handshakes as raw bytes, and the names that tests use.</summary>
internal static class Greeting
{
    internal static InfoHash Ours { get; } = InfoHash.OfInfo("ours"u8);

    internal static InfoHash OurHybrid { get; } = InfoHash.OfInfo("ours, version 2"u8);

    internal static InfoHash Strange { get; } = InfoHash.OfInfo("strange"u8);

    internal static PeerId Self { get; } = PeerId.New(new Random(1));

    internal static PeerId Other { get; } = PeerId.New(new Random(2));

    internal static byte[] Bytes(InfoHash torrent, PeerId? id = null, bool fast = true, bool extended = true)
    {
        var writer = new ArrayBufferWriter<byte>();
        new Handshake(torrent, id ?? Other) { Fast = fast, Extended = extended }.Write(writer);
        return writer.WrittenSpan.ToArray();
    }

    internal static async Task<Handshake> ReceiveHandshakeAsync(this Socket socket)
    {
        var bytes = new ReadOnlySequence<byte>(await socket.ReceiveExactlyAsync(Handshake.Bytes));
        Assert.True(Handshake.TryRead(ref bytes, out var handshake));
        return handshake;
    }
}
