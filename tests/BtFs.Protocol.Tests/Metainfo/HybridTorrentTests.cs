using BtFs.Protocol.Tests.Bencode;

namespace BtFs.Protocol.Tests.Metainfo;

public sealed class HybridTorrentTests
{
    private const int PieceLength = InfoSample.PieceLength;
    private const string Differ = "The torrent's version 1 and version 2 file lists differ.";

    private static readonly (string Key, object Value)[] Pad =
        Bencoded.Dictionary(("attr", "p"), ("length", PieceLength - 1), ("path", new[] { ".pad", "16383" }));

    [Fact]
    public void Lists_that_agree_are_joined()
    {
        var info = Hybrid([InfoSample.File(1, "a"), Pad, InfoSample.File(2, "b", "c")]).Parse();

        Assert.Equal(["a 1", ".pad/16383 16383 Pad", "b/c 2"], info.Files.Select(FileText.Of));
        Assert.Equal(InfoSample.Root(1), info.Files[0].PiecesRoot.ToArray());
        Assert.True(info.Files[1].PiecesRoot.IsEmpty);
        Assert.Equal(InfoSample.Root(2), info.Files[2].PiecesRoot.ToArray());
        Assert.True(info is { HasV1: true, HasV2: true });
    }

    [Fact]
    public void Lists_that_tell_different_stories_are_refused()
    {
        Assert.Equal(Differ, Hybrid([InfoSample.File(1, "a"), Pad, InfoSample.File(3, "b", "c")]).Refusal());
        Assert.Equal(Differ, Hybrid([InfoSample.File(1, "a"), Pad, InfoSample.File(2, "b", "d")]).Refusal());
        Assert.Equal(Differ, Hybrid([InfoSample.File(1, "a"), Pad, InfoSample.File(2, "b")]).Refusal());
        Assert.Equal(Differ, Hybrid([InfoSample.File(1, "a")], pieces: 1).Refusal());
        Assert.Equal(Differ, Hybrid([InfoSample.File(1, "a"), Pad, InfoSample.File(2, "b", "c"), InfoSample.File(0, "d")]).Refusal());
        Assert.Equal(Differ, Hybrid([InfoSample.File(2, "b", "c"), Pad, InfoSample.File(1, "a")]).Refusal());
        Assert.Equal(
            Differ,
            Hybrid([InfoSample.File(1, "a"), Pad, InfoSample.File(2, "b", "c"), Link("d", "a")], InfoSample.Leaf(0)).Refusal());
    }

    [Fact]
    public void A_file_in_the_middle_of_a_piece_is_refused() =>
        Assert.Equal(
            "File 2 of the torrent does not start a piece, as version 2 asks.",
            Hybrid([InfoSample.File(1, "a"), InfoSample.File(2, "b", "c")], pieces: 1).Refusal());

    [Fact]
    public void The_file_tree_of_a_torrent_that_claims_only_version_1_is_ignored() =>
        Assert.False(Hybrid([InfoSample.File(1, "x")], pieces: 1).Without("meta version").Parse().HasV2);

    private static (string Key, object Value)[] Link(string name, string target) =>
        Bencoded.Dictionary(("attr", "l"), ("length", 0), ("path", new[] { name }), ("symlink path", new[] { target }));

    private static InfoSample Hybrid(object[] files, (string Key, object Value)[]? last = null, int pieces = 2)
    {
        List<(string Key, object Value)> tree = [("a", InfoSample.Leaf(1)), ("b", Bencoded.Dictionary(("c", InfoSample.Leaf(2, root: 2))))];
        if (last is not null)
        {
            tree.Add(("d", last));
        }

        return InfoSample.Tree([.. tree]).With("files", files).With("pieces", InfoSample.Hashes(pieces));
    }
}
