using BtFs.Protocol.Tests.Bencode;

namespace BtFs.Protocol.Tests.Metainfo;

public sealed class FileTreeTests
{
    private const int PieceLength = InfoSample.PieceLength;

    [Fact]
    public void Files_come_in_the_order_of_the_tree_each_at_the_start_of_a_piece()
    {
        var info = InfoSample.Tree(
            ("a", Bencoded.Dictionary(("y", InfoSample.Leaf(1)), ("z", Bencoded.Dictionary(("deep", InfoSample.Leaf(PieceLength)))))),
            ("b", Empty()),
            ("c", InfoSample.Leaf(PieceLength + 1))).Parse();

        Assert.Equal(["a/y 1", ".pad/16383 16383 Pad", "a/z/deep 16384", "b 0", "c 16385"], info.Files.Select(FileText.Of));
        Assert.Equal(4, info.PieceCount);
        Assert.False(info.IsSingleFile);
    }

    [Fact]
    public void A_path_gives_its_names_by_number_as_well_as_in_order()
    {
        var path = InfoSample.Tree(("a", Bencoded.Dictionary(("b", Bencoded.Dictionary(("c", InfoSample.Leaf(1))))))).Parse().Files[0].Path;

        Assert.Equal(["a", "b", "c"], Enumerable.Range(0, path.Count).Select(i => System.Text.Encoding.UTF8.GetString(path[i].Span)));
        Assert.Throws<ArgumentOutOfRangeException>(() => path[3]);
        Assert.Throws<ArgumentOutOfRangeException>(() => path[-1]);
    }

    [Fact]
    public void One_file_of_another_name_is_a_directory_with_one_file()
    {
        Assert.False(InfoSample.Tree(("other", InfoSample.Leaf(1))).Parse().IsSingleFile);
        Assert.True(InfoSample.Tree(("dir", InfoSample.Leaf(1))).Parse().IsSingleFile);
    }

    [Fact]
    public void An_empty_directory_leaves_no_trace() =>
        Assert.Equal(["b 1"], InfoSample.Tree(("a", Bencoded.Dictionary()), ("b", InfoSample.Leaf(1))).Parse().Files.Select(FileText.Of));

    [Fact]
    public void A_tree_that_makes_no_sense_is_refused()
    {
        Assert.Equal("The torrent has no file tree.", InfoSample.Tree().Without("file tree").Refusal());
        Assert.Equal("The torrent's file tree is not a dictionary.", InfoSample.Tree().With("file tree", "a").Refusal());
        Assert.Equal("The torrent's file tree has an entry that is not a dictionary.", InfoSample.Tree(("a", 1)).Refusal());
        Assert.Equal("The torrent's file tree is not in order.", InfoSample.Tree(("b", InfoSample.Leaf(1)), ("a", InfoSample.Leaf(1))).Refusal());
        Assert.Equal("The torrent's file tree has a file without properties.", InfoSample.Tree(("a", Bencoded.Dictionary(("", 1)))).Refusal());
        Assert.Equal(
            "The torrent's file tree has a file that is also a directory.",
            InfoSample.Tree(("a", Bencoded.Dictionary(InfoSample.Leaf(1)[0], ("b", InfoSample.Leaf(1))))).Refusal());
        Assert.Equal(
            "The torrent's file tree has a name that is empty, or a file that is also a directory.",
            InfoSample.Tree(InfoSample.Leaf(1)).Refusal());
    }

    [Fact]
    public void A_file_with_bytes_needs_a_root_that_can_be_one()
    {
        const string Refusal = "File 1 of the torrent has no valid pieces root.";

        Assert.Equal(Refusal, WithRoot(new byte[32]).Refusal());
        Assert.Equal(Refusal, WithRoot(new byte[31]).Refusal());
        Assert.Equal(Refusal, WithRoot(new byte[33]).Refusal());
        Assert.Equal(Refusal, WithRoot(1).Refusal());
        Assert.Equal(InfoSample.Root(1), WithRoot(InfoSample.Root(1)).Parse().Files[0].PiecesRoot.ToArray());
    }

    [Fact]
    public void Padding_has_no_place_in_a_tree() =>
        Assert.Equal(
            "File 1 of the torrent is padding, which has no place in a file tree.",
            InfoSample.Tree(("a", Bencoded.Dictionary(("", Bencoded.Dictionary(("attr", "p"), ("length", 1), ("pieces root", InfoSample.Root(1))))))).Refusal());

    private static InfoSample WithRoot(object root) =>
        InfoSample.Tree(("a", Bencoded.Dictionary(("", Bencoded.Dictionary(("length", 1), ("pieces root", root))))));

    private static (string Key, object Value)[] Empty() => Bencoded.Dictionary(("", Bencoded.Dictionary(("length", 0))));
}
