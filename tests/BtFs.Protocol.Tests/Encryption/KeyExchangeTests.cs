using System.Globalization;
using System.Numerics;
using BtFs.Protocol.Encryption;
using BtFs.Protocol.Metainfo;

namespace BtFs.Protocol.Tests.Encryption;

/// <summary>Values from another implementation, in Python with its own arithmetic, from the private numbers 01 02 … 14 and 65 66 … 78 (hex).</summary>
public class KeyExchangeTests
{
    private const string PrimeHex =
        "0FFFFFFFFFFFFFFFFC90FDAA22168C234C4C6628B80DC1CD129024E088A67CC74020BBEA63B139B22514A08798E3404DD"
        + "EF9519B3CD3A431B302B0A6DF25F14374FE1356D6D51C245E485B576625E7EC6F44C42E9A63A36210000000000090563";

    private const string CallerKey =
        "96e112dab29e8c5272accb9b17b26887ce54a144a4e3b697c7d159b7a817e556b0918db2b4c658e02a87f7e5fb14b18a"
        + "553e084cbf3dad2d30f16596ccb982d406258c61b30c5c1dae2ddc60bdbd48d79896312aad63238c39e1a633821eb693";

    private const string AnswererKey =
        "d32ae8cedd0de9ca4fe67e35626bb8c7cdb0966727d899f6a62fdb2b68817f9ddc4b684e3eb34030b8dba4e028b7cff3"
        + "264020340cb4eab61923cdc4e4216ba873368d83f0a38e497f1f6b4e3d2012eb91a3ee6056f966f9eae732089b6fa46e";

    private const string SharedSecret =
        "d05ed96a95215a89b44073afe5d0b1626289ac01cff7849392948b2470b346547e944d7562a897ae86976bc389999083"
        + "ec09572dbdc8ed7f6a0a86a1aa42a3ca04209b72d8239890360435640643b76479ed7836f1857963fcc7cb72084c3ab4";

    private static readonly byte[] CallerNumber = [.. Enumerable.Range(1, KeyExchange.PrivateBytes).Select(value => (byte)value)];
    private static readonly byte[] AnswererNumber = [.. Enumerable.Range(101, KeyExchange.PrivateBytes).Select(value => (byte)value)];
    private static readonly InfoHash Torrent = new([.. Enumerable.Range(200, InfoHash.Size).Select(value => (byte)value)]);
    private static readonly StreamSecret Secret = new(Convert.FromHexString(SharedSecret));

    private static BigInteger Prime => BigInteger.Parse(PrimeHex, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);

    [Fact]
    public void Public_keys_are_those_of_another_implementation()
    {
        Assert.Equal(CallerKey, Convert.ToHexStringLower(KeyExchange.PublicKey(CallerNumber)));
        Assert.Equal(AnswererKey, Convert.ToHexStringLower(KeyExchange.PublicKey(AnswererNumber)));
    }

    [Fact]
    public void Both_sides_come_to_the_same_secret()
    {
        Assert.Equal(SharedSecret, Convert.ToHexStringLower(KeyExchange.Secret(CallerNumber, Convert.FromHexString(AnswererKey))));
        Assert.Equal(SharedSecret, Convert.ToHexStringLower(KeyExchange.Secret(AnswererNumber, Convert.FromHexString(CallerKey))));
    }

    [Fact]
    public void A_small_key_has_zeros_in_front()
    {
        // 2 to the power of 769, less the prime's multiple: two bytes shorter than the prime.
        byte[] number = [.. new byte[18], 0x03, 0x01];
        var key = KeyExchange.PublicKey(number);
        Assert.Equal(KeyExchange.KeyBytes, key.Length);
        Assert.StartsWith("00000000000000006de04abbbd2e7b96", Convert.ToHexStringLower(key));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void A_key_of_0_or_1_is_refused(int key) => AssertRefused(key);

    [Theory]
    [InlineData(-1)]
    [InlineData(0)]
    [InlineData(1)]
    public void A_key_of_the_prime_less_1_or_above_is_refused(int beyond) => AssertRefused(Prime + beyond);

    [Fact]
    public void A_key_of_all_ones_is_refused() => AssertRefused((BigInteger.One << 768) - 1);

    [Fact]
    public void The_smallest_and_the_largest_key_that_hide_something_are_taken()
    {
        Assert.Equal(KeyExchange.PublicKey(CallerNumber), KeyExchange.Secret(CallerNumber, Bytes(2)));
        Assert.NotEmpty(KeyExchange.Secret(CallerNumber, Bytes(Prime - 2)));
    }

    [Fact]
    public void A_key_of_another_length_is_refused() =>
        Assert.Throws<ProtocolViolationException>(() => KeyExchange.Secret(CallerNumber, Bytes(2).AsSpan(1)));

    [Fact]
    public void Marks_aliases_and_streams_are_those_of_another_implementation()
    {
        Assert.Equal("78fffb0f23055a793ff7609f359e04e383ec3505", Convert.ToHexStringLower(Secret.CallMark));
        Assert.Equal("5be9e663c6249c5ced743091d427ba5661ab4fcf", Convert.ToHexStringLower(TorrentAlias.Of(Torrent).Bytes));
        Assert.Equal("60aef34caf7a6c843c5fd96a73da28c44e040a27", Convert.ToHexStringLower(Secret.Hide(TorrentAlias.Of(Torrent)).Bytes));
        Assert.Equal("0dc4355ae7cc67707ec66052e854158f", Stream(Secret.CallerCipher(Torrent)));
        Assert.Equal("a99e381373e3643a1729414762663025", Stream(Secret.AnswererCipher(Torrent)));
    }

    [Fact]
    public void A_hidden_alias_is_uncovered_by_who_knows_the_secret() =>
        Assert.Equal(TorrentAlias.Of(Torrent), Secret.Hide(Secret.Hide(TorrentAlias.Of(Torrent))));

    [Fact]
    public void The_stream_begins_where_RFC_6229_has_byte_1024() =>
        Assert.Equal("30abbcc7c20b01609f23ee2d5f6bb7df", Stream(new Rc4([1, 2, 3, 4, 5])));

    [Fact]
    public void A_stream_goes_on_where_it_was_left()
    {
        var whole = new byte[1000];
        new Rc4("key"u8).Apply(whole);
        var parts = new byte[1000];
        var cipher = new Rc4("key"u8);
        cipher.Apply(parts.AsSpan(0, 1));
        cipher.Apply(parts.AsSpan(1, 298));
        cipher.Apply(new byte[701], parts.AsSpan(299));
        Assert.Equal(whole, parts);
    }

    [Fact]
    public void Nothing_is_written_where_there_is_too_little_room() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new Rc4("key"u8).Apply(new byte[2], new byte[1]));

    private static string Stream(Rc4 cipher)
    {
        var bytes = new byte[16];
        cipher.Apply(bytes);
        return Convert.ToHexStringLower(bytes);
    }

    private static void AssertRefused(BigInteger key) => Assert.Throws<ProtocolViolationException>(() => KeyExchange.Secret(CallerNumber, Bytes(key)));

    private static byte[] Bytes(BigInteger key)
    {
        var bytes = key.ToByteArray(isUnsigned: true, isBigEndian: true);
        return [.. new byte[KeyExchange.KeyBytes - bytes.Length], .. bytes];
    }
}
