using System.Net;
using System.Text;
using BtFs.Protocol.Extensions;
using BtFs.Protocol.Tests.Peer;
using FsCheck;
using FsCheck.Fluent;

namespace BtFs.Protocol.Tests.Extensions;

public sealed class ExtensionHandshakeTests
{
    private static readonly ExtensionHandshake Full = new()
    {
        Ids = new Dictionary<string, byte> { ["ut_metadata"] = 3, ["ut_pex"] = 1, ["lt_donthave"] = 0 },
        Client = "BtFs 0.1 é",
        ListenPort = 6881,
        RequestQueue = 500,
        MetadataBytes = 12345,
        UploadOnly = true,
        YourAddress = IPAddress.Parse("2001:db8::1"),
        IPv4 = IPAddress.Parse("192.0.2.1"),
        IPv6 = IPAddress.Parse("2001:db8::2"),
    };

    [Fact]
    public void Whatever_is_written_is_read_back_the_same() => Prop.ForAll(
        Gen.Choose(0, 1_000_000).ToArbitrary(),
        seed =>
        {
            var sent = Some(seed);

            return Show(ExtensionHandshake.Read(sent.ToMessage().Payload)) == Show(sent);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_handshake_with_everything_is_read_back_the_same()
    {
        Assert.Equal(Show(Full), Show(ExtensionHandshake.Read(Full.ToMessage().Payload)));
    }

    [Fact]
    public void An_extension_with_id_0_is_one_that_the_peer_does_not_take()
    {
        Assert.False(Full.TryGetId(ExtensionNames.DontHave, out _));
        Assert.False(Full.TryGetId("ut_holepunch", out _));
        Assert.True(Full.TryGetId(ExtensionNames.Metadata, out var id));
        Assert.Equal(3, id);
    }

    [Fact]
    public void A_second_handshake_withdraws_an_extension_and_keeps_the_rest()
    {
        var first = Read("d1:md11:ut_metadatai3e6:ut_pexi1ee4:reqqi250ee");

        var both = first.Then(Read("d1:md6:ut_pexi0e11:lt_donthavei7ee11:upload_onlyi1ee"));

        Assert.True(both.TryGetId(ExtensionNames.Metadata, out _));
        Assert.True(both.TryGetId(ExtensionNames.DontHave, out _));
        Assert.False(both.TryGetId(ExtensionNames.PeerExchange, out _));
        Assert.Equal(250, both.RequestQueue);
        Assert.True(both.UploadOnly);
    }

    [Theory]
    [InlineData("i0e", 1)]
    [InlineData("i-5e", 1)]
    [InlineData("i2000e", 2000)]
    [InlineData("i2001e", 2000)]
    [InlineData("i9223372036854775807e", 2000)]
    public void A_request_queue_is_between_1_and_2000(string reqq, int expected)
    {
        Assert.Equal(expected, Read($"d4:reqq{reqq}e").RequestQueue);
    }

    [Theory]
    [InlineData("i1e", 1)]
    [InlineData("i33554432e", 33554432)]
    [InlineData("i33554433e", null)]
    [InlineData("i0e", null)]
    [InlineData("i-1e", null)]
    [InlineData("3:abc", null)]
    public void A_metadata_size_that_cannot_be_is_not_believed(string size, int? expected)
    {
        Assert.Equal(expected, Read($"d13:metadata_size{size}e").MetadataBytes);
    }

    [Theory]
    [InlineData("i0e", null)]
    [InlineData("i1e", 1)]
    [InlineData("i65535e", 65535)]
    [InlineData("i65536e", null)]
    public void A_listen_port_is_a_port(string port, int? expected) => Assert.Equal(expected, Read($"d1:p{port}e").ListenPort);

    [Fact]
    public void An_address_of_the_wrong_length_counts_as_missing()
    {
        Assert.Null(Read("d4:ipv45:aaaaa6:yourip3:aaae").YourAddress);
        Assert.Null(Read("d4:ipv45:aaaaa6:yourip3:aaae").IPv4);
    }

    [Fact]
    public void A_client_name_cannot_move_the_cursor_or_turn_the_text_around()
    {
        var name = "a\u001b]0;pwned\u0007\n\u202eb\uFEFF"u8;
        var handshake = ExtensionHandshake.Read((byte[])[.. Encoding.ASCII.GetBytes($"d1:v{name.Length}:"), .. name, (byte)'e']);

        Assert.Equal("a?]0;pwned???b?", handshake.Client);
    }

    [Fact]
    public void A_client_name_ends_after_64_characters()
    {
        Assert.Equal(64, Read($"d1:v300:{new string('x', 300)}e").Client!.Length);
    }

    [Fact]
    public void A_flood_of_extension_names_is_cut_off()
    {
        var names = string.Concat(Enumerable.Range(100, 500).Select(i => $"3:{i}i1e"));

        Assert.Equal(64, Read($"d1:md{names}ee").Ids.Count);
    }

    [Theory]
    [InlineData("")]
    [InlineData("le")]
    [InlineData("i1e")]
    [InlineData("d")]
    [InlineData("dex")]
    [InlineData("lllllllllleeeeeeeeee")]
    public void What_is_not_a_dictionary_is_refused(string payload)
    {
        Assert.Throws<ProtocolViolationException>(() => Read(payload));
    }

    [Fact]
    public void A_damaged_handshake_is_read_or_refused_and_nothing_else()
    {
        var good = Full.ToMessage().Payload.ToArray();
        for (var seed = 0; seed < 50_000; seed++)
        {
            try
            {
                ExtensionHandshake.Read(Mutation.Of(good, seed));
            }
            catch (ProtocolViolationException)
            {
                // The one answer that a peer may get.
            }
        }
    }

    private static ExtensionHandshake Read(string payload) => ExtensionHandshake.Read(Encoding.ASCII.GetBytes(payload));

    private static ExtensionHandshake Some(int seed)
    {
        var random = new Random(seed);
        return new()
        {
            Ids = Enumerable.Range(0, random.Next(5)).ToDictionary(i => $"name{i}", _ => (byte)random.Next(256)),
            Client = random.Next(2) == 0 ? null : "client",
            ListenPort = random.Next(2) == 0 ? null : (ushort)random.Next(1, 65536),
            RequestQueue = random.Next(2) == 0 ? null : random.Next(1, 2001),
            MetadataBytes = random.Next(2) == 0 ? null : random.Next(1, 1 << 25),
            UploadOnly = random.Next(3) switch { 0 => null, 1 => false, _ => true },
            YourAddress = random.Next(2) == 0 ? null : new IPAddress(PeerMessages.RandomBytes(random.Next(2) == 0 ? 4 : 16, seed)),
            IPv4 = random.Next(2) == 0 ? null : new IPAddress(PeerMessages.RandomBytes(4, seed)),
            IPv6 = random.Next(2) == 0 ? null : new IPAddress(PeerMessages.RandomBytes(16, seed)),
        };
    }

    private static string Show(ExtensionHandshake handshake) =>
        $"{string.Join(',', handshake.Ids.OrderBy(entry => entry.Key, StringComparer.Ordinal))} "
        + $"{handshake with { Ids = new SameAlways() }}";

    /// <summary>A record shows its members by their text; dictionaries have none, so one that is always the same stands in.</summary>
    private sealed class SameAlways : Dictionary<string, byte>
    {
        public override string ToString() => "";
    }
}
