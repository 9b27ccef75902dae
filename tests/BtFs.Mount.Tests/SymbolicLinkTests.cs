using System.Text;
using BtFs.Fuse;
using BtFs.Protocol.Metainfo;
using BtFs.Testing;
using FsCheck;
using FsCheck.Fluent;

namespace BtFs.Mount.Tests;

public sealed class SymbolicLinkTests
{
    [Theory]
    [InlineData("link", "file", "file")]
    [InlineData("deep/er/link", "file", "../../file")]
    [InlineData("link", "deep/file", "deep/file")]
    [InlineData("deep/link", "deep/file", "file")]
    [InlineData("link", "folder", "folder")]
    public void A_link_inside_the_torrent_is_shown_relative_to_its_folder(string path, string target, string shown)
    {
        var links = LinksOf(TorrentOf.Link(path, target));

        Assert.Equal([($"/t/{path}", shown)], links);
    }

    [Theory]
    [InlineData("../../etc/passwd")]
    [InlineData("..")]
    [InlineData(".")]
    [InlineData("/etc/passwd")]
    [InlineData("etc/passwd")]
    [InlineData("folder/../file")]
    [InlineData("file/below")]
    [InlineData("link")]
    public void A_link_that_leads_out_nowhere_or_to_itself_is_not_shown(string target) =>
        Assert.Empty(LinksOf(TorrentOf.Link("link", target)));

    [Fact]
    public void A_name_of_a_target_with_a_slash_inside_is_not_a_path() => Assert.Empty(LinksOf(new TorrentFile
    {
        Path = ["link"u8.ToArray()],
        Length = 0,
        Attributes = TorrentFileAttributes.Symlink,
        SymlinkTarget = ["deep/file"u8.ToArray()],
    }));

    [Fact]
    public void Links_that_lead_in_a_circle_are_not_shown_and_their_folders_neither() =>
        Assert.Empty(LinksOf(TorrentOf.Link("x/one", "y/two"), TorrentOf.Link("y/two", "x/one")));

    [Fact]
    public void A_link_to_a_folder_above_itself_is_not_shown() => Assert.Empty(LinksOf(TorrentOf.Link("deep/link", "deep")));

    [Fact]
    public void A_chain_of_links_leads_straight_to_its_end() => Assert.Equal(
        [("/t/lib.so", "lib.so.1.2"), ("/t/lib.so.1", "lib.so.1.2")],
        LinksOf(TorrentOf.Link("lib.so", "lib.so.1"), TorrentOf.Link("lib.so.1", "lib.so.1.2"), TorrentOf.File("lib.so.1.2", 1)));

    [Fact]
    public void A_bundle_with_links_through_links_is_shown_whole() => Assert.Equal(
        [("/t/F/F", "Versions/A/F"), ("/t/F/Versions/Current", "A")],
        LinksOf(TorrentOf.File("F/Versions/A/F", 1), TorrentOf.Link("F/Versions/Current", "F/Versions/A"), TorrentOf.Link("F/F", "F/Versions/Current/F")));

    [Theory]
    [InlineData(LinkTargets.LongestChain, true)]
    [InlineData(LinkTargets.LongestChain + 1, false)]
    public void A_chain_of_40_links_is_followed_and_a_longer_one_counts_as_a_circle(int links, bool isShown)
    {
        var chain = Enumerable.Range(0, links).Select(i => TorrentOf.Link($"{i}", i == links - 1 ? "file" : $"{i + 1}"));

        var shown = LinksOf([.. chain]);

        Assert.Equal(isShown, shown.Contains(("/t/0", "file")));
    }

    [Fact]
    public void A_link_that_is_left_out_is_counted() =>
        Assert.Equal(2, FileTree.Of(Torrent(TorrentOf.Link("a", ".."), TorrentOf.Link("b", "nowhere"))).LinksLeftOut);

    [Fact]
    public void However_hostile_the_links_each_one_shown_leads_to_a_file_or_a_folder_without_links_inside_the_torrent() =>
        Prop.ForAll(HostileLinks, links =>
        {
            var tree = FileTree.Of(Torrent([.. links]));
            return tree.Nodes.Where(node => node.Kind == NodeKind.SymbolicLink).All(LeadsToSafety);
        }).QuickCheckThrowOnFailure();

    private static Arbitrary<List<TorrentFile>> HostileLinks { get; } =
        (from path in Gen.Elements("one", "two", "deep/one", "deep/two", "folder/one", "one/two", "..", "file")
         from target in Gen.Elements("one", "two", "deep", "deep/one", "deep/two", "folder", "folder/one", "..", "../..", "/", "one/two", "file", "deep/file")
         select TorrentOf.Link(path, target))
        .ListOf().Select(links => links.ToList()).ToArbitrary();

    private static bool LeadsToSafety(FileNode link)
    {
        var at = link.Parent;
        foreach (var step in Encoding.UTF8.GetString(link.Target).Split('/'))
        {
            if (step == ".." && at == at.Parent)
            {
                return false;
            }

            var next = step == ".." ? at.Parent : at.Find(Encoding.UTF8.GetBytes(step));
            if (next is null)
            {
                return false;
            }

            at = next;
        }

        return at.Kind == NodeKind.File || at.Kind == NodeKind.Directory && HasNoLinks(at);
    }

    private static bool HasNoLinks(FileNode folder) =>
        folder.Children.All(child => child.Kind == NodeKind.File || child.Kind == NodeKind.Directory && HasNoLinks(child));

    private static InfoDictionary Torrent(params IReadOnlyList<TorrentFile> links) => TorrentOf.Folder(
        "t", [TorrentOf.File("file", 1), TorrentOf.File("deep/file", 1), TorrentOf.File("folder/file", 1), .. links]);

    private static IEnumerable<(string Path, string Target)> LinksOf(params IReadOnlyList<TorrentFile> links) =>
        FileTree.Of(Torrent(links)).Nodes
            .Where(node => node.Kind == NodeKind.SymbolicLink)
            .Select(node => (node.ToString(), Encoding.UTF8.GetString(node.Target)))
            .OrderBy(link => link.Item1, StringComparer.Ordinal);
}
