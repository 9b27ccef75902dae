using System.Text;
using BtFs.Protocol.Metainfo;
using BtFs.Protocol.Tests.Bencode;

namespace BtFs.Protocol.Tests.Metainfo;

public sealed class InfoDictionaryTests
{
    private const long PieceLength = InfoSample.PieceLength;

    [Fact]
    public void The_infohash_is_of_the_bytes_received_whatever_order_they_have()
    {
        var bytes = Bencoded.Of(Bencoded.Dictionary(("pieces", InfoSample.Hashes(1)), ("piece length", PieceLength), ("name", "n"), ("length", 1)));

        var info = InfoDictionary.Parse(bytes);

        Assert.Equal(InfoHash.OfInfo(bytes), info.InfoHash);
        Assert.True(info.Bytes.Span.SequenceEqual(bytes));
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(PieceLength - 1, 1)]
    [InlineData(PieceLength, 1)]
    [InlineData(PieceLength + 1, 2)]
    [InlineData(2 * PieceLength, 2)]
    public void The_last_piece_may_be_short_but_not_missing_or_surplus(long length, int pieces)
    {
        Assert.Equal(pieces, InfoSample.SingleFile().With("length", length).With("pieces", InfoSample.Hashes(pieces)).Parse().PieceCount);

        var refusal = InfoSample.SingleFile().With("length", length).With("pieces", InfoSample.Hashes(pieces + 1)).Refusal();
        Assert.Equal($"The torrent has {pieces + 1} piece hashes but needs {pieces}.", refusal);
        Assert.Contains("but needs", InfoSample.SingleFile().With("length", length).With("pieces", InfoSample.Hashes(pieces - 1)).Refusal(), StringComparison.Ordinal);
    }

    [Fact]
    public void Each_piece_has_its_own_hash()
    {
        var hashes = Enumerable.Range(0, 80).Select(i => (byte)i).ToArray();

        var info = InfoSample.SingleFile().With("pieces", hashes).Parse();

        Assert.Equal(hashes[20..40], info.PieceHash(1).ToArray());
        Assert.Equal(hashes[60..80], info.PieceHash(3).ToArray());
    }

    [Fact]
    public void The_utf8_variants_of_names_are_preferred()
    {
        var file = Bencoded.Dictionary(("length", 1), ("path", new[] { "old" }), ("path.utf-8", new[] { "neu", "ü" }));

        var info = InfoSample.Directory(1, (object)file).With("name", "old").With("name.utf-8", "ñ").Parse();

        Assert.Equal("ñ", Encoding.UTF8.GetString(info.Name.Span));
        Assert.Equal(["neu/ü 1"], info.Files.Select(FileText.Of));
    }

    [Fact]
    public void Names_stay_the_bytes_that_they_are()
    {
        byte[] name = [0xff, 0x00, 0x2f, 0x1b];
        var file = Bencoded.Dictionary(("length", 1), ("path", new object[] { "..", name, "" }));

        var info = InfoSample.Directory(1, (object)file).Parse();

        Assert.Equal([0x2e, 0x2e], info.Files[0].Path[0].ToArray());
        Assert.Equal(name, info.Files[0].Path[1].ToArray());
        Assert.True(info.Files[0].Path[2].IsEmpty);
    }

    [Fact]
    public void Attributes_are_read_and_unknown_ones_ignored()
    {
        var info = InfoSample.Directory(
            1,
            Bencoded.Dictionary(("attr", "xh?"), ("length", 1), ("path", new[] { "run" })),
            Bencoded.Dictionary(("attr", "p"), ("length", 2), ("path", new[] { ".pad", "2" })),
            Bencoded.Dictionary(("attr", "p"), ("length", 3)),
            Bencoded.Dictionary(("length", 4), ("path", new[] { "_____padding_file_0_if you see this" })),
            Bencoded.Dictionary(("attr", "l"), ("path", new[] { "link" }), ("symlink path", new[] { "a", "b" }))).Parse();

        Assert.Equal(
            [
                "run 1 Executable, Hidden", ".pad/2 2 Pad", ".pad/3 3 Pad", "_____padding_file_0_if you see this 4 Pad", "link 0 Symlink -> a/b",
            ],
            info.Files.Select(FileText.Of));
    }

    [Theory]
    [InlineData(0, false)]
    [InlineData(1, true)]
    [InlineData(2, true)]
    public void A_torrent_is_private_if_it_says_so(int value, bool expected) =>
        Assert.Equal(expected, InfoSample.SingleFile().With("private", value).Parse().IsPrivate);

    [Theory]
    [InlineData("name", "The torrent has no name.")]
    [InlineData("piece length", "The torrent has no piece length.")]
    [InlineData("pieces", "The torrent has no piece hashes.")]
    [InlineData("length", "File 1 of the torrent has no length.")]
    public void What_is_missing_is_named(string key, string message)
    {
        Assert.Equal(message, InfoSample.SingleFile().Without(key).Refusal());

        // A value of the wrong kind is as good as none, save for hashes, which are there but useless.
        var refusal = InfoSample.SingleFile().With(key, Array.Empty<object>()).Refusal();
        Assert.Equal(key == "pieces" ? "The torrent's piece hashes are not a string of 20 bytes each." : message, refusal);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(19)]
    [InlineData(21)]
    [InlineData(79)]
    public void Hashes_are_whole(int length) =>
        Assert.Equal("The torrent's piece hashes are not a string of 20 bytes each.", InfoSample.SingleFile().With("pieces", new byte[length]).Refusal());

    [Theory]
    [InlineData(3)]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(long.MaxValue)]
    public void A_version_from_the_future_is_refused(long version) =>
        Assert.Equal($"The torrent is of version {version}; only versions 1 and 2 are known.", InfoSample.SingleFile().With("meta version", version).Refusal());

    [Fact]
    public void A_file_that_makes_no_sense_is_named_by_its_number()
    {
        Assert.Equal("File 2 of the torrent has a negative length.", RefusalOf(InfoSample.File(-1, "b")));
        Assert.Equal("File 2 of the torrent has no length.", RefusalOf(Bencoded.Dictionary(("path", new[] { "b" }))));
        Assert.Equal("File 2 of the torrent has no path.", RefusalOf(Bencoded.Dictionary(("length", 1))));
        Assert.Equal("File 2 of the torrent has an empty path.", RefusalOf(InfoSample.File(1)));
        Assert.Equal("File 2 of the torrent has a path that is not a list of names.", RefusalOf(Bencoded.Dictionary(("length", 1), ("path", "b"))));
        Assert.Equal(
            "File 2 of the torrent has a path with a name that is not a string.",
            RefusalOf(Bencoded.Dictionary(("length", 1), ("path", new object[] { "a", 1 }))));
        Assert.Equal("File 2 of the torrent is not a dictionary.", RefusalOf("b"));
        Assert.Equal(
            "File 2 of the torrent is a symbolic link without a target.",
            RefusalOf(Bencoded.Dictionary(("attr", "l"), ("length", 0), ("path", new[] { "b" }))));
        Assert.Equal(
            "File 2 of the torrent is a symbolic link with a length.",
            RefusalOf(Bencoded.Dictionary(("attr", "l"), ("length", 1), ("path", new[] { "b" }), ("symlink path", new[] { "a" }))));
    }

    [Fact]
    public void Files_that_are_no_list_are_refused() =>
        Assert.Equal("The torrent's files are not a list.", InfoSample.SingleFile().With("files", "a").Refusal());

    [Fact]
    public void A_torrent_without_bytes_is_refused()
    {
        const string Empty = "The torrent is empty: its files have no bytes.";

        Assert.Equal(Empty, InfoSample.SingleFile().With("length", 0).With("pieces", "").Refusal());
        Assert.Equal(Empty, InfoSample.Directory(0).Refusal());
        Assert.Equal(Empty, InfoSample.Directory(0, (object)InfoSample.File(0, "a")).Refusal());
        Assert.Equal(Empty, InfoSample.Tree().Refusal());
    }

    [Theory]
    [InlineData("i1e")]
    [InlineData("le")]
    [InlineData("0:")]
    public void An_info_that_is_no_dictionary_is_refused(string text) =>
        Assert.Equal("The torrent's info is not a dictionary.", Assert.Throws<MetainfoException>(() => InfoDictionary.Parse(Bencoded.Text(text))).Message);

    [Fact]
    public void Bytes_that_are_no_bencoding_are_refused_with_their_place() =>
        Assert.Equal(
            "The torrent's info cannot be read: The data ends in the middle of a value (at byte 7).",
            Assert.Throws<MetainfoException>(() => InfoDictionary.Parse("d1:ai1e"u8.ToArray())).Message);

    private static string RefusalOf(object file) => InfoSample.Directory(1, InfoSample.File(1, "a"), file).Refusal();
}
