using System.Text;
using BtFs.Protocol.Metainfo;

namespace BtFs.Protocol.Tests.Metainfo;

public sealed class LibtorrentVectorTests
{
    [Fact]
    public void A_lone_file_of_version_1_is_read()
    {
        var torrent = TorrentMetainfo.Parse(LibtorrentVectors.SingleV1);

        var info = torrent.Info;
        Assert.Equal("d5374276bd833609c27bca49efd32eea877c6c86", info.InfoHash.ToString());
        Assert.Null(info.InfoHashV2);
        Assert.True(info is { HasV1: true, HasV2: false, IsSingleFile: true, PieceLength: 16384, PieceCount: 4, TotalLength: 50000, IsPrivate: false });
        Assert.Equal("single.bin", Encoding.UTF8.GetString(info.Name.Span));
        Assert.Equal(["single.bin 50000"], Describe(info));
        Assert.Equal(20, info.PieceHash(3).Length);
        Assert.Throws<ArgumentOutOfRangeException>(() => info.PieceHash(4).Length);
        Assert.Throws<ArgumentOutOfRangeException>(() => info.PieceHash(-1).Length);
    }

    [Fact]
    public void What_the_author_adds_is_read()
    {
        var torrent = TorrentMetainfo.Parse(LibtorrentVectors.SingleV1);

        Assert.Equal([["http://127.0.0.1:1/announce"], ["udp://127.0.0.1:2"]], torrent.TrackerTiers);
        Assert.Equal(["http://127.0.0.1:3/"], torrent.WebSeeds);
        Assert.Equal(DateTimeOffset.FromUnixTimeSeconds(1795356947), torrent.CreatedAt);
        Assert.Equal("made for a test", torrent.Comment);
        Assert.Equal("libtorrent", torrent.CreatedBy);
        Assert.Empty(torrent.Nodes);
    }

    [Fact]
    public void A_lone_file_of_version_2_is_read()
    {
        var torrent = TorrentMetainfo.Parse(LibtorrentVectors.SingleV2);

        var info = torrent.Info;
        Assert.Equal("b5ac3ce5a1411ebaf3bf3c76103f7ddc94283c4c0f7df788a4b79d02f8d477f6", info.InfoHashV2.ToString());
        Assert.Equal("b5ac3ce5a1411ebaf3bf3c76103f7ddc94283c4c", info.InfoHash.ToString());
        Assert.True(info is { HasV1: false, HasV2: true, IsSingleFile: true, PieceCount: 4, TotalLength: 50000 });
        Assert.Equal(["single.bin 50000"], Describe(info));
        Assert.Equal(32, info.Files[0].PiecesRoot.Length);
        Assert.True(torrent.PieceLayers.TryGet(info.Files[0], out var layer));
        Assert.Equal(4 * 32, layer.Length);
        Assert.Throws<InvalidOperationException>(() => info.PieceHash(0).Length);
    }

    [Fact]
    public void A_lone_hybrid_file_has_both_hashes()
    {
        var info = TorrentMetainfo.Parse(LibtorrentVectors.SingleHybrid).Info;

        Assert.Equal("445eda0397624d59275c0c65231fb67ca3833890", info.InfoHash.ToString());
        Assert.Equal("b4a1c08e9c61c2f26df85010c2d9b73b75aba76878d155926796c1afde969dfb", info.InfoHashV2.ToString());
        Assert.True(info is { HasV1: true, HasV2: true, IsSingleFile: true, PieceCount: 4, TotalLength: 50000 });
        Assert.Equal(["single.bin 50000"], Describe(info));
        Assert.Equal(32, info.Files[0].PiecesRoot.Length);
    }

    [Fact]
    public void A_directory_of_version_1_is_read()
    {
        var info = TorrentMetainfo.Parse(LibtorrentVectors.MultiV1).Info;

        Assert.Equal("0ee0b9aa53386fc6554f71b3ceccc0e3859450de", info.InfoHash.ToString());
        Assert.True(info is { IsSingleFile: false, PieceCount: 7, TotalLength: 106389 });
        Assert.Equal("multi", Encoding.UTF8.GetString(info.Name.Span));
        Assert.Equal(
            ["b.bin 70000 Executable", "empty 0", "sub/c 5", "sub/link 0 Executable, Symlink -> ../a.txt", "sub/deep/d 16384", "a.txt 20000"],
            Describe(info));
    }

    [Fact]
    public void A_directory_of_version_2_is_laid_out_with_every_file_at_the_start_of_a_piece()
    {
        var torrent = TorrentMetainfo.Parse(LibtorrentVectors.MultiV2);

        Assert.Equal("884b08d592f08fa24d3187fe2116f94592693166745fd4311e1f913063f17259", torrent.Info.InfoHashV2.ToString());
        Assert.True(torrent.Info is { IsSingleFile: false, PieceCount: 9, TotalLength: 147456 });
        Assert.Equal(
            [
                "a.txt 20000", ".pad/12768 12768 Pad", "b.bin 70000 Executable", "empty 0", ".pad/11920 11920 Pad", "sub/c 5", ".pad/16379 16379 Pad",
                "sub/deep/d 16384", "sub/link 0 Executable, Symlink -> ../a.txt",
            ],
            Describe(torrent.Info));
        Assert.True(torrent.PieceLayers.TryGet(torrent.Info.Files[2], out var layer));
        Assert.Equal(5 * 32, layer.Length);
        Assert.False(torrent.PieceLayers.TryGet(torrent.Info.Files[7], out _));
    }

    [Fact]
    public void A_hybrid_directory_is_laid_out_as_its_version_1_list_says()
    {
        var info = TorrentMetainfo.Parse(LibtorrentVectors.MultiHybrid).Info;

        Assert.Equal("bd5845826ba24516a14a8bce2939a6e3cc7e704c", info.InfoHash.ToString());
        Assert.Equal("c06e775efb24db2d7cb6498dde5d256b5d877b71f27d157e50c2306945629123", info.InfoHashV2.ToString());
        Assert.True(info is { IsSingleFile: false, PieceCount: 9, TotalLength: 147456 });
        Assert.Equal(
            [
                "a.txt 20000", ".pad/12768 12768 Pad", "b.bin 70000 Executable", ".pad/11920 11920 Pad", "empty 0", "sub/c 5", ".pad/16379 16379 Pad",
                "sub/deep/d 16384", "sub/link 0 Executable, Symlink -> ../a.txt",
            ],
            Describe(info));
        Assert.Equal(TorrentMetainfo.Parse(LibtorrentVectors.MultiV2).Info.Files[2].PiecesRoot.ToArray(), info.Files[2].PiecesRoot.ToArray());
    }

    [Fact]
    public void An_info_dictionary_that_came_alone_is_the_same_as_the_one_in_the_torrent()
    {
        var inside = TorrentMetainfo.Parse(LibtorrentVectors.MultiHybrid).Info;

        var alone = InfoDictionary.Parse(inside.Bytes.ToArray());

        Assert.Equal(inside.InfoHash, alone.InfoHash);
        Assert.Equal(inside.InfoHashV2, alone.InfoHashV2);
        Assert.Equal(Describe(inside), Describe(alone));
    }

    private static IEnumerable<string> Describe(InfoDictionary info) => info.Files.Select(FileText.Of);
}
