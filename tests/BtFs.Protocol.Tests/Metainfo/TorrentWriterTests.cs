using System.Text;
using BtFs.Protocol.Metainfo;

namespace BtFs.Protocol.Tests.Metainfo;

public sealed class TorrentWriterTests
{
    private static readonly TorrentDraft Draft = new()
    {
        Name = "dir",
        PieceLength = 1024,
        Files = [TorrentFile.At("a/b.txt", 1000), TorrentFile.At("c", 100)],
        PieceHashes = TorrentWriter.HashPieces(new byte[1100], 1024),
    };

    [Fact]
    public void A_torrent_has_its_keys_in_order_and_nothing_else() =>
        Assert.Equal(
            "d4:infod5:filesld6:lengthi1000e4:pathl1:a5:b.txteed6:lengthi100e4:pathl1:ceee4:name3:dir12:piece lengthi1024e6:pieces40:",
            Encoding.Latin1.GetString(TorrentWriter.Write(Draft))[..120]);

    [Fact]
    public void What_the_author_adds_is_written()
    {
        var torrent = TorrentMetainfo.Parse(TorrentWriter.Write(Draft with
        {
            TrackerTiers = [[], ["http://a", "http://b"], ["udp://c:1"]],
            WebSeeds = ["http://w/"],
            Comment = "für alle",
            CreatedBy = "btfs",
        }));

        Assert.Equal([["http://a", "http://b"], ["udp://c:1"]], torrent.TrackerTiers);
        Assert.Equal(["http://w/"], torrent.WebSeeds);
        Assert.Equal(("für alle", "btfs", null), (torrent.Comment, torrent.CreatedBy, torrent.CreatedAt));
    }

    [Fact]
    public void Attributes_and_targets_are_written()
    {
        var link = new TorrentFile
        {
            Path = ["l"u8.ToArray()],
            Length = 0,
            Attributes = TorrentFileAttributes.Symlink,
            SymlinkTarget = ["a"u8.ToArray(), "b.txt"u8.ToArray()],
        };
        var odd = new TorrentFile
        {
            Path = ["x"u8.ToArray()],
            Length = 0,
            Attributes = TorrentFileAttributes.Executable | TorrentFileAttributes.Hidden | TorrentFileAttributes.Pad,
        };

        var info = InfoDictionary.Parse(TorrentWriter.WriteInfo(Draft with { Files = [.. Draft.Files, link, odd] }));

        Assert.Equal(["a/b.txt 1000", "c 100", "l 0 Symlink -> a/b.txt", "x 0 Pad, Executable, Hidden"], info.Files.Select(FileText.Of));
    }

    [Fact]
    public void A_torrent_that_would_be_refused_is_not_written()
    {
        Assert.Throws<MetainfoException>(() => TorrentWriter.Write(Draft with { PieceHashes = new byte[20] }));
        Assert.Throws<MetainfoException>(() => TorrentWriter.Write(Draft with { PieceLength = 0 }));
        Assert.Throws<MetainfoException>(() => TorrentWriter.Write(Draft with { Files = [] }));
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 1)]
    [InlineData(4, 1)]
    [InlineData(5, 2)]
    public void Every_piece_is_hashed_the_last_one_as_short_as_it_is(int length, int pieces)
    {
        var content = Enumerable.Range(0, length).Select(i => (byte)i).ToArray();

        var hashes = TorrentWriter.HashPieces(content, 4);

        Assert.Equal(content.Chunk(4).SelectMany(System.Security.Cryptography.SHA1.HashData).ToArray(), hashes);
        Assert.Equal(pieces * 20, hashes.Length);
    }
}
