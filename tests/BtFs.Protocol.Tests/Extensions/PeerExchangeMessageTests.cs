using System.Net;
using System.Text;
using BtFs.Protocol.Extensions;

namespace BtFs.Protocol.Tests.Extensions;

public sealed class PeerExchangeMessageTests
{
    [Fact]
    public void What_is_written_is_read_back_with_both_families_and_their_flags()
    {
        var message = new PeerExchangeMessage(
            [Peer("192.0.2.1:80", ExchangedPeerFlags.Seed | ExchangedPeerFlags.Reachable), Peer("[2001:db8::1]:81", ExchangedPeerFlags.None), Peer("192.0.2.2:82", ExchangedPeerFlags.SupportsUtp)],
            [IPEndPoint.Parse("192.0.2.3:83"), IPEndPoint.Parse("[2001:db8::2]:84")]);

        var sent = message.ToMessage(7);
        var read = PeerExchangeMessage.Read(sent.Payload);

        Assert.Equal(7, sent.ExtensionId);
        Assert.Equal(message.Added.ToHashSet(), read.Added.ToHashSet());
        Assert.Equal(message.Dropped, read.Dropped);
    }

    [Fact]
    public void Fifty_peers_of_a_message_are_read_and_no_more()
    {
        var peers = string.Concat(Enumerable.Range(1, 60).Select(i => Latin(192, 0, 2, (byte)i, 0, 80)));

        var read = PeerExchangeMessage.Read(Bytes($"d5:added{peers.Length}:{peers}7:dropped{peers.Length}:{peers}e"));

        Assert.Equal(PeerExchangeMessage.MaxPeers, read.Added.Count);
        Assert.Equal(PeerExchangeMessage.MaxPeers, read.Dropped.Count);
    }

    [Theory]
    [InlineData("de", 0)]
    [InlineData("d5:addedi5ee", 0)]
    [InlineData("d5:added5:abcdee", 0)]
    [InlineData("d5:added6:\u0001\u0002\u0003\u0004\u0000\u0000e", 0)]
    [InlineData("d5:added8:\u0001\u0002\u0003\u0004\u0000\u0001xx7:added.fi1ee", 1)]
    public void What_is_odd_in_a_message_is_passed_over(string payload, int added) =>
        Assert.Equal(added, PeerExchangeMessage.Read(Bytes(payload)).Added.Count);

    [Theory]
    [InlineData("le")]
    [InlineData("")]
    [InlineData("d5:added")]
    public void A_message_that_is_no_dictionary_ends_the_connection(string payload) =>
        Assert.Throws<ProtocolViolationException>(() => PeerExchangeMessage.Read(Bytes(payload)));

    [Fact]
    public void A_message_of_8_KiB_is_read_and_one_byte_more_ends_the_connection()
    {
        Assert.Empty(PeerExchangeMessage.Read(Padded(PeerExchangeMessage.MaxBytes)).Added);
        Assert.Throws<ProtocolViolationException>(() => PeerExchangeMessage.Read(Padded(PeerExchangeMessage.MaxBytes + 1)));
    }

    [Fact]
    public void Damaged_messages_are_read_or_end_the_connection_and_nothing_else()
    {
        var good = new PeerExchangeMessage([Peer("192.0.2.1:80", ExchangedPeerFlags.Seed), Peer("[2001:db8::1]:81", ExchangedPeerFlags.None)], [IPEndPoint.Parse("192.0.2.3:83")])
            .ToMessage(1).Payload.ToArray();
        for (var seed = 0; seed < 20_000; seed++)
        {
            try
            {
                PeerExchangeMessage.Read(Mutation.Of(good, seed));
            }
            catch (ProtocolViolationException)
            {
                // The one answer that a peer may get.
            }
        }
    }

    private static byte[] Padded(int length)
    {
        var fill = length - "d1:z8000:e".Length;
        return Bytes($"d1:z{fill}:{new string('.', fill)}e");
    }

    private static ExchangedPeer Peer(string address, ExchangedPeerFlags flags) => new(IPEndPoint.Parse(address), flags);

    private static byte[] Bytes(string text) => Encoding.Latin1.GetBytes(text);

    private static string Latin(params byte[] bytes) => Encoding.Latin1.GetString(bytes);
}
