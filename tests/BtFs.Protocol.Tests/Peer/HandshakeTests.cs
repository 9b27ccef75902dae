using System.Buffers;
using BtFs.Protocol.Metainfo;
using BtFs.Protocol.Peer;
using FsCheck;
using FsCheck.Fluent;

namespace BtFs.Protocol.Tests.Peer;

public sealed class HandshakeTests
{
    [Fact]
    public void A_handshake_is_read_as_it_was_written_however_it_is_split() => Prop.ForAll(
        Gen.Choose(0, 1_000_000).ToArbitrary(),
        seed =>
        {
            var sent = Some(seed);
            var buffer = SplitBuffer.Cut(Write(sent), seed);

            return Handshake.TryRead(ref buffer, out var received) && received == sent && buffer.IsEmpty;
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_handshake_offers_extensions_where_the_BEPs_put_them()
    {
        var bytes = Write(new Handshake { Extended = true, Dht = true, Fast = true, V2 = true });

        Assert.Equal("13426974546f7272656e742070726f746f636f6c0000000000100015", Convert.ToHexStringLower(bytes.AsSpan(0, 28)));
    }

    [Fact]
    public void Bytes_behind_the_handshake_are_left_for_the_messages()
    {
        var buffer = new ReadOnlySequence<byte>([.. Write(Some(1)), 1, 2, 3]);

        Assert.True(Handshake.TryRead(ref buffer, out _));
        Assert.Equal([1, 2, 3], buffer.ToArray());
    }

    [Fact]
    public void Half_a_handshake_is_waited_for()
    {
        var bytes = Write(Some(1));
        for (var length = 0; length < bytes.Length; length++)
        {
            var buffer = new ReadOnlySequence<byte>(bytes, 0, length);

            Assert.False(Handshake.TryRead(ref buffer, out _));
            Assert.Equal(length, buffer.Length);
        }
    }

    [Theory]
    [InlineData("G")]
    [InlineData("\u0013BitTorrent protocoX")]
    [InlineData("\u0013BitTorrenT")]
    public void Another_protocol_is_refused_as_soon_as_it_shows(string start)
    {
        var buffer = new ReadOnlySequence<byte>(System.Text.Encoding.Latin1.GetBytes(start));

        Assert.Throws<ProtocolViolationException>(() => Handshake.TryRead(ref buffer, out _));
    }

    private static Handshake Some(int seed)
    {
        var bytes = PeerMessages.RandomBytes(40, seed);
        return new(new InfoHash(bytes.AsSpan(0, 20)), new PeerId(bytes.AsSpan(20)))
        {
            Fast = (seed & 1) != 0,
            Extended = (seed & 2) != 0,
            Dht = (seed & 4) != 0,
            V2 = (seed & 8) != 0,
        };
    }

    private static byte[] Write(Handshake handshake)
    {
        var writer = new ArrayBufferWriter<byte>();
        handshake.Write(writer);
        return writer.WrittenSpan.ToArray();
    }
}
