using BtFs.Protocol.Bencode;
using BtFs.Protocol.Metainfo;
using BtFs.Protocol.Tests.Bencode;

namespace BtFs.Protocol.Tests.Metainfo;

public sealed class MetainfoLimitsTests
{
    private const int KiB = 1 << 10;
    private const int MiB = 1 << 20;

    [Theory]
    [InlineData(0, false)]
    [InlineData(-1, false)]
    [InlineData(-16384, false)]
    [InlineData(KiB - 1, false)]
    [InlineData(KiB, true)]
    [InlineData((16 * KiB) + 1, true)]
    [InlineData(256 * MiB, true)]
    [InlineData((256 * MiB) + 1, false)]
    [InlineData(int.MaxValue, false)]
    [InlineData(int.MaxValue + 1L, false)]
    [InlineData((1L << 32) + (16 * KiB), false)]
    [InlineData(long.MaxValue, false)]
    [InlineData(long.MinValue, false)]
    public void Piece_lengths_of_version_1_have_bounds(long length, bool isAccepted)
    {
        var sample = InfoSample.SingleFile().With("length", 1).With("pieces", InfoSample.Hashes(1)).With("piece length", length);

        AssertOutcome(sample, isAccepted, $"The torrent's pieces have {length} bytes; 1024 to 268435456 are allowed.");
    }

    [Theory]
    [InlineData(8 * KiB, "The torrent's pieces have 8192 bytes; 16384 to 268435456 are allowed.")]
    [InlineData(16 * KiB, null)]
    [InlineData((16 * KiB) + 1, "The torrent's pieces have 16385 bytes, which is not a power of two.")]
    [InlineData(48 * KiB, "The torrent's pieces have 49152 bytes, which is not a power of two.")]
    [InlineData(256 * MiB, null)]
    [InlineData(512 * MiB, "The torrent's pieces have 536870912 bytes; 16384 to 268435456 are allowed.")]
    public void Piece_lengths_of_version_2_are_powers_of_two(int length, string? refusal)
    {
        var sample = InfoSample.Tree(("a", InfoSample.Leaf(1))).With("piece length", length);

        AssertOutcome(sample, refusal is null, refusal ?? "");
    }

    [Theory]
    [InlineData(MetainfoLimits.MaxPieces, true)]
    [InlineData(MetainfoLimits.MaxPieces + 1, false)]
    public void Pieces_have_a_limit_in_both_versions(int pieces, bool isAccepted)
    {
        var length = (long)pieces * InfoSample.PieceLength;
        var refusal = $"The torrent has {pieces} pieces; the limit is 2097152.";

        AssertOutcome(InfoSample.Tree(("a", InfoSample.Leaf(length))), isAccepted, refusal);

        // So many hashes are more bytes than a v1 info dictionary may have, so this limit is the second line there.
        var v1 = InfoSample.SingleFile().With("length", length).With("pieces", InfoSample.Hashes(pieces)).ToBytes();
        var root = BencodeDocument.Parse(v1, BencodeLimits.Torrent).Root;
        Assert.Equal(isAccepted ? null : refusal, Record.Exception(() => InfoDictionary.Read(root))?.Message);
    }

    [Theory]
    [InlineData(MetainfoLimits.MaxTotalLength, 0, "pieces")]
    [InlineData(MetainfoLimits.MaxTotalLength, 1, "larger")]
    [InlineData(MetainfoLimits.MaxTotalLength + 1, 0, "larger")]
    [InlineData(1, MetainfoLimits.MaxTotalLength, "larger")]
    [InlineData(long.MaxValue, long.MaxValue, "larger")]
    [InlineData(long.MaxValue, 1, "larger")]
    public void Lengths_are_summed_without_overflow(long first, long second, string refusal)
    {
        // 1 PiB exactly is a length that is allowed, of which no piece length allowed makes few enough pieces.
        var sample = InfoSample.Directory(0, InfoSample.File(first, "a"), InfoSample.File(second, "b")).With("piece length", 256 * MiB);

        Assert.Contains(refusal, sample.Refusal(), StringComparison.Ordinal);
        Assert.Contains(refusal, sample.Without("pieces").With("meta version", 2).With("file tree", TreeOf(first, second)).Refusal(), StringComparison.Ordinal);
    }

    [Fact]
    public void Padding_between_files_counts_towards_the_total()
    {
        var list = new FileList(256 * MiB);
        var file = TorrentFile.At("a", 1);
        for (var i = 0; i < 4; i++)
        {
            list.AddAligned(file);
        }

        Assert.Equal((3L * 256 * MiB) + 1, list.TotalLength);
        Assert.Equal(7, list.Files.Count);
    }

    [Fact]
    public void Files_have_a_limit()
    {
        var list = new FileList(InfoSample.PieceLength);
        var file = TorrentFile.At("a", 0);
        for (var i = 0; i < MetainfoLimits.MaxFiles; i++)
        {
            list.Add(file);
        }

        Assert.Equal("The torrent has more than 1000000 files.", Assert.Throws<MetainfoException>(() => list.Add(file)).Message);
        Assert.Equal(1_000_000, list.Files.Count);
    }

    [Theory]
    [InlineData(MetainfoLimits.MaxPathDepth, true)]
    [InlineData(MetainfoLimits.MaxPathDepth + 1, false)]
    [InlineData(5000, false)]
    public void Directories_have_a_depth(int names, bool isAccepted) => AssertOutcome(
        InfoSample.Directory(1, (object)InfoSample.File(1, [.. Enumerable.Repeat("d", names)])),
        isAccepted,
        "The torrent has directories nested deeper than 64.");

    [Theory]
    [InlineData(61, true)]
    [InlineData(62, false)]
    [InlineData(20_000, false)]
    public void A_file_tree_is_as_deep_as_its_bencoding_may_be(int names, bool isAccepted)
    {
        var tree = $"{string.Concat(Enumerable.Repeat("d1:d", names - 1))}d1:fd0:d6:lengthi1e11:pieces root32:{new string('r', 32)}eee{new string('e', names - 1)}";
        var sample = InfoSample.Tree().With("file tree", new Bencoded.Raw(Bencoded.Text(tree)));

        Assert.Equal(isAccepted, Record.Exception(sample.Parse) is null);
        if (!isAccepted)
        {
            Assert.Contains("Lists and dictionaries are nested deeper than 64", sample.Refusal(), StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData(MetainfoLimits.MaxPathBytes, true)]
    [InlineData(MetainfoLimits.MaxPathBytes + 1, false)]
    [InlineData(70_000, false)]
    public void Paths_have_a_length_with_the_torrents_name_and_slashes(int bytes, bool isAccepted)
    {
        const string Directory = "0123456789";
        var name = new string('n', bytes - "dir/".Length - Directory.Length - 1);
        var refusal = $"The torrent has a path of {bytes} bytes; the limit is 4095.";

        AssertOutcome(InfoSample.Directory(1, (object)InfoSample.File(1, Directory, name)), isAccepted, refusal);
        AssertOutcome(InfoSample.Tree((Directory, Bencoded.Dictionary((name, InfoSample.Leaf(1))))), isAccepted, refusal);
        AssertOutcome(InfoSample.SingleFile().With("name", new string('n', bytes)), isAccepted, refusal);
    }

    [Theory]
    [InlineData(MetainfoLimits.MaxPathBytes, true)]
    [InlineData(MetainfoLimits.MaxPathBytes + 1, false)]
    public void Targets_of_symlinks_have_a_length(int bytes, bool isAccepted)
    {
        var link = Bencoded.Dictionary(("attr", "l"), ("path", new[] { "l" }), ("symlink path", new[] { new string('t', bytes) }));

        AssertOutcome(InfoSample.Directory(1, InfoSample.File(1, "a"), link), isAccepted, $"The torrent has a path of {bytes} bytes; the limit is 4095.");
    }

    [Theory]
    [InlineData(MetainfoLimits.MaxTorrentBytes, true)]
    [InlineData(MetainfoLimits.MaxTorrentBytes + 1, false)]
    public void A_torrent_file_has_a_size(int bytes, bool isAccepted)
    {
        var info = new Bencoded.Raw(InfoSample.SingleFile().ToBytes());
        var bare = Bencoded.Of(Bencoded.Dictionary(("info", info), ("x", new byte[10_000_000]))).Length;
        var torrent = Bencoded.Of(Bencoded.Dictionary(("info", info), ("x", new byte[10_000_000 + bytes - bare])));
        Assert.Equal(bytes, torrent.Length);

        if (isAccepted)
        {
            Assert.Equal(4, TorrentMetainfo.Parse(torrent).Info.PieceCount);
        }
        else
        {
            Assert.Contains("the limit is 67108864", Assert.Throws<MetainfoException>(() => TorrentMetainfo.Parse(torrent)).Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData(MetainfoLimits.MaxInfoBytes, true)]
    [InlineData(MetainfoLimits.MaxInfoBytes + 1, false)]
    public void An_info_dictionary_has_a_size(int bytes, bool isAccepted)
    {
        var bare = InfoSample.SingleFile().With("x", new byte[20_000_000]).ToBytes().Length;

        AssertOutcome(
            InfoSample.SingleFile().With("x", new byte[20_000_000 + bytes - bare]),
            isAccepted,
            $"The torrent's info has {bytes} bytes; the limit is 67108864.");
    }

    private static (string Key, object Value)[] TreeOf(long first, long second) =>
        Bencoded.Dictionary(("a", InfoSample.Leaf(first)), ("b", InfoSample.Leaf(second)));

    private static void AssertOutcome(InfoSample sample, bool isAccepted, string refusal)
    {
        if (isAccepted)
        {
            Assert.NotNull(sample.Parse());
        }
        else
        {
            Assert.Equal(refusal, sample.Refusal());
        }
    }
}
