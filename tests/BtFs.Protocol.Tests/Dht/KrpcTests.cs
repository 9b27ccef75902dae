using System.Net;
using System.Text;
using BtFs.Protocol.Dht;
using BtFs.Protocol.Metainfo;

namespace BtFs.Protocol.Tests.Dht;

public class KrpcTests
{
    private static readonly NodeId Sender = new("abcdefghij0123456789"u8);
    private static readonly NodeId Target = new("mnopqrstuvwxyz123456"u8);

    [Theory]
    [InlineData("d1:ad2:id20:abcdefghij0123456789e1:q4:ping1:t2:aa1:y1:qe", typeof(DhtQuery.Ping))]
    [InlineData("d1:ad2:id20:abcdefghij01234567896:target20:mnopqrstuvwxyz123456e1:q9:find_node1:t2:aa1:y1:qe", typeof(DhtQuery.FindNode))]
    [InlineData("d1:ad2:id20:abcdefghij01234567899:info_hash20:mnopqrstuvwxyz123456e1:q9:get_peers1:t2:aa1:y1:qe", typeof(DhtQuery.GetPeers))]
    [InlineData(
        "d1:ad2:id20:abcdefghij012345678912:implied_porti1e9:info_hash20:mnopqrstuvwxyz1234564:porti6881e5:token8:aoeusnthe1:q13:announce_peer1:t2:aa1:y1:qe",
        typeof(DhtQuery.AnnouncePeer))]
    public void The_examples_of_BEP_5_are_read(string packet, Type kind)
    {
        var query = Assert.IsType<KrpcMessage.Query>(Read(packet));

        Assert.IsType(kind, query.Asked);
        Assert.Equal(Sender, query.Sender);
        Assert.Equal("aa"u8, query.Transaction.Span);
        Assert.False(query.IsReadOnly);
    }

    [Fact]
    public void An_announce_names_its_torrent_port_and_token()
    {
        var query = Assert.IsType<KrpcMessage.Query>(
            Read("d1:ad2:id20:abcdefghij01234567899:info_hash20:mnopqrstuvwxyz1234564:porti6881e4:seedi1e5:token8:aoeusnthe1:q13:announce_peer2:roi1e1:t2:aa1:y1:qe"));

        var announce = Assert.IsType<DhtQuery.AnnouncePeer>(query.Asked);
        Assert.Equal(new InfoHash(Target), announce.Torrent);
        Assert.Equal(6881, announce.Port);
        Assert.False(announce.UsesSourcePort);
        Assert.True(announce.IsSeed);
        Assert.Equal("aoeusnth"u8, announce.Token.Span);
        Assert.True(query.IsReadOnly);
    }

    [Fact]
    public void A_refusal_is_read_and_its_text_made_fit_to_print()
    {
        var error = Assert.IsType<KrpcMessage.Error>(Read("d1:eli201e7:a\nerrore1:t2:aa1:y1:ee"));

        Assert.Equal(201, error.Code);
        Assert.Equal("a?error", error.Text);
    }

    [Fact]
    public void Peers_of_both_families_may_stand_in_one_list_and_port_0_is_nobody()
    {
        var values = "6:" + Latin(192, 0, 2, 1, 0, 80) + "6:" + Latin(192, 0, 2, 2, 0, 0) + "18:" + Latin([.. IPAddress.Parse("2001:db8::1").GetAddressBytes(), 0, 81]) + "3:abci7e";
        var reply = Assert.IsType<KrpcMessage.Reply>(Read($"d1:rd2:id20:abcdefghij01234567896:valuesl{values}ee1:t2:aa1:y1:re"));

        Assert.Equal(["192.0.2.1:80", "[2001:db8::1]:81"], reply.Answer.Peers.Select(peer => peer.ToString()));
    }

    [Fact]
    public void No_more_than_eight_nodes_and_a_hundred_peers_are_taken_from_one_reply()
    {
        var nodes = string.Concat(Enumerable.Range(1, 20).Select(i => "abcdefghij0123456789" + Latin(192, 0, 2, (byte)i, 0, 80)));
        var values = string.Concat(Enumerable.Range(0, 120).Select(i => "6:" + Latin(192, 0, 2, (byte)i, 0, 80)));
        var reply = Assert.IsType<KrpcMessage.Reply>(Read($"d1:rd2:id20:abcdefghij01234567895:nodes{nodes.Length}:{nodes}6:valuesl{values[..800]}ee1:t2:aa1:y1:re"));

        Assert.Equal(DhtReply.MaxNodes, reply.Answer.Nodes!.Count);
        Assert.Equal(DhtReply.MaxPeers, reply.Answer.Peers.Count);
    }

    [Theory]
    [InlineData("d1:ad2:id20:abcdefghij01234567896:target19:nopqrstuvwxyz123456e1:q9:find_node1:t2:aa1:y1:qe")]
    [InlineData("d1:ad2:id20:abcdefghij0123456789e1:q9:get_peers1:t2:aa1:y1:qe")]
    [InlineData("d1:ad2:id20:abcdefghij01234567899:info_hash20:mnopqrstuvwxyz1234564:porti0e5:token1:ae1:q13:announce_peer1:t2:aa1:y1:qe")]
    [InlineData("d1:ad2:id20:abcdefghij01234567899:info_hash20:mnopqrstuvwxyz1234564:porti65536e5:token1:ae1:q13:announce_peer1:t2:aa1:y1:qe")]
    [InlineData("d1:ad2:id20:abcdefghij01234567895:token1:ae1:q3:put1:t2:aa1:y1:qe")]
    public void A_query_with_wrong_arguments_is_told_from_one_that_deserves_no_answer(string packet) =>
        Assert.IsType<DhtQuery.Malformed>(Assert.IsType<KrpcMessage.Query>(Read(packet)).Asked);

    [Theory]
    [InlineData("")]
    [InlineData("i1e")]
    [InlineData("d1:ad2:id20:abcdefghij0123456789e1:q4:ping1:y1:qe")]
    [InlineData("d1:ad2:id20:abcdefghij0123456789e1:q4:ping1:t0:1:y1:qe")]
    [InlineData("d1:ad2:id19:bcdefghij0123456789e1:q4:ping1:t2:aa1:y1:qe")]
    [InlineData("d1:q4:ping1:t2:aa1:y1:qe")]
    [InlineData("d1:rd2:id20:abcdefghij0123456789e1:t2:aa1:y1:xe")]
    [InlineData("d1:ad2:id20:abcdefghij0123456789e1:q4:ping1:t2:aa1:y1:qe ")]
    public void What_names_no_transaction_or_sender_is_nothing(string packet) => Assert.False(KrpcReader.TryRead(Bytes(packet), out _));

    [Fact]
    public void A_transaction_id_of_32_bytes_is_answered_and_one_of_33_is_not()
    {
        Assert.True(KrpcReader.TryRead(Bytes($"d1:ad2:id20:abcdefghij0123456789e1:q4:ping1:t32:{new string('t', 32)}1:y1:qe"), out _));
        Assert.False(KrpcReader.TryRead(Bytes($"d1:ad2:id20:abcdefghij0123456789e1:q4:ping1:t33:{new string('t', 33)}1:y1:qe"), out _));
    }

    [Fact]
    public void A_packet_of_1500_bytes_is_read_and_one_of_1501_is_not()
    {
        Assert.True(KrpcReader.TryRead(Padded(KrpcMessage.MaxBytes), out _));
        Assert.False(KrpcReader.TryRead(Padded(KrpcMessage.MaxBytes + 1), out _));
    }

    [Fact]
    public void Lists_eight_deep_are_read_and_nine_deep_are_not()
    {
        Assert.True(KrpcReader.TryRead(Nested(7), out _));
        Assert.False(KrpcReader.TryRead(Nested(8), out _));
    }

    [Theory]
    [InlineData("d1:a1:x1:b1:ye", true)]
    [InlineData("d1:b1:x1:a1:ye", false)]
    [InlineData("ld1:b1:x1:a1:yee", false)]
    [InlineData("12:Hello World!", true)]
    public void A_value_to_be_kept_is_canonical_when_its_keys_are_in_order(string value, bool isCanonical)
    {
        var put = Assert.IsType<DhtQuery.Put>(Assert.IsType<KrpcMessage.Query>(
            Read($"d1:ad2:id20:abcdefghij01234567895:token1:a1:v{value}e1:q3:put1:t2:aa1:y1:qe")).Asked);

        Assert.Equal(isCanonical, put.IsCanonical);
        Assert.Equal(value, Encoding.Latin1.GetString(put.Value.Span));
        Assert.False(put.IsMutable);
    }

    [Fact]
    public void A_query_of_tomorrow_with_a_target_is_answered_like_find_node()
    {
        var query = Assert.IsType<KrpcMessage.Query>(Read("d1:ad2:id20:abcdefghij01234567896:target20:mnopqrstuvwxyz1234564:wantl2:n62:n72:n4ee1:q5:vote!1:t2:aa1:y1:qe"));

        Assert.Equal(new DhtQuery.FindNode(Target, DhtFamilies.IPv4 | DhtFamilies.IPv6), query.Asked);
    }

    private static KrpcMessage Read(string packet)
    {
        Assert.True(KrpcReader.TryRead(Bytes(packet), out var message));
        return message;
    }

    private static byte[] Padded(int length)
    {
        const string Head = "d1:ad2:id20:abcdefghij0123456789e1:q4:ping1:t2:aa1:y1:q1:z";
        var fill = length - Head.Length - 6;
        var packet = Bytes($"{Head}{fill}:{new string('.', fill)}e");
        Assert.Equal(length, packet.Length);
        return packet;
    }

    private static byte[] Nested(int lists) =>
        Bytes($"d1:ad2:id20:abcdefghij0123456789e1:q4:ping1:t2:aa1:y1:q1:z{new string('l', lists)}{new string('e', lists)}e");

    private static byte[] Bytes(string packet) => Encoding.Latin1.GetBytes(packet);

    private static string Latin(params byte[] bytes) => Encoding.Latin1.GetString(bytes);
}
