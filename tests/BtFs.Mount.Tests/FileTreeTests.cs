using System.Text;
using BtFs.Fuse;
using BtFs.Protocol.Metainfo;
using BtFs.Testing;
using FsCheck;
using FsCheck.Fluent;

namespace BtFs.Mount.Tests;

public sealed class FileTreeTests
{
    [Fact]
    public void A_torrent_of_one_file_shows_that_file_at_the_root() =>
        Assert.Equal(["/film.mkv"], PathsOf(TorrentOf.OneFile("film.mkv", 5)));

    [Fact]
    public void A_torrent_of_several_files_shows_a_folder_with_its_name() => Assert.Equal(
        ["/album/cd1/1.flac", "/album/cd1/2.flac", "/album/cover.jpg"],
        PathsOf(TorrentOf.Folder("album", TorrentOf.File("cd1/2.flac", 1), TorrentOf.File("cd1/1.flac", 1), TorrentOf.File("cover.jpg", 1))));

    [Fact]
    public void Pad_files_are_not_shown() => Assert.Equal(
        ["/t/a", "/t/b"],
        PathsOf(TorrentOf.Folder(
            "t", TorrentOf.File("a", 1), TorrentOf.File(".pad/3", 3, TorrentFileAttributes.Pad), TorrentOf.File("b", 1))));

    [Fact]
    public void A_file_and_a_folder_of_one_name_are_both_reachable_and_the_folder_keeps_the_name() => Assert.Equal(
        ["/t/a (2)", "/t/a/b"],
        PathsOf(TorrentOf.Folder("t", TorrentOf.File("a", 1), TorrentOf.File("a/b", 1))));

    [Fact]
    public void Names_that_become_one_by_cleaning_are_told_apart_in_the_order_of_the_torrent()
    {
        var tree = FileTree.Of(TorrentOf.Folder(
            "t", TorrentOf.File("a\u0001.txt", 1), TorrentOf.File("a\u0002.txt", 2), TorrentOf.File("a_.txt", 3), TorrentOf.File("a_ (2).txt", 4)));

        // The fourth file has the number in its own name, and keeps it.
        Assert.Equal(
            [("a_ (2).txt", 4L), ("a_ (3).txt", 2L), ("a_ (4).txt", 3L), ("a_.txt", 1L)],
            tree.Root.Children[0].Children.Select(node => (Encoding.UTF8.GetString(node.Name), node.Length)));
    }

    [Fact]
    public void Chosen_files_are_shown_alone_under_the_names_and_inodes_that_they_have_among_all()
    {
        var info = TorrentOf.Folder(
            "t", TorrentOf.File("a", 1), TorrentOf.File("a", 2), TorrentOf.File("d/e/b", 3), TorrentOf.File("d/c", 4), TorrentOf.Link("l", "d/c"), TorrentOf.Link("m", "a"));
        var all = Inodes(FileTree.Of(info)).ToList();

        Assert.Equal(["/t/a (2)", "/t/d/e/b"], PathsOf(info, new FileRange(1, 2)));
        Assert.Equal(["/t/d/c", "/t/l"], PathsOf(info, new FileRange(3, 99)));
        Assert.Equal(["/t/a", "/t/d/c"], PathsOf(info, new FileRange(0, 0), new FileRange(3, 3), new FileRange(0, 0)));
        Assert.Subset(all.ToHashSet(), Inodes(FileTree.Of(info, selected: [new(1, 3)])).ToHashSet());
        Assert.Throws<InvalidDataException>(() => FileTree.Of(info, selected: [new(6, 99)]));
    }

    [Theory]
    [InlineData(FileTree.MaxDuplicates, true)]
    [InlineData(FileTree.MaxDuplicates + 1, false)]
    public void Up_to_500_files_may_lack_a_name_of_their_own(int duplicates, bool isShown)
    {
        var info = TorrentOf.Folder("t", [.. Enumerable.Range(0, duplicates + 1).Select(_ => TorrentOf.File("same", 1))]);

        if (isShown)
        {
            Assert.Equal(duplicates + 1, PathsOf(info).Distinct().Count());
        }
        else
        {
            Assert.Throws<InvalidDataException>(() => FileTree.Of(info));
        }
    }

    [Fact]
    public void A_path_may_be_4095_bytes_long_with_its_mount_point_and_no_longer()
    {
        // "/mnt" + "/t/" + 15 folders of 255 and a file of 252 bytes, each but the last with its slash.
        var path = string.Join('/', Enumerable.Repeat(new string('d', 255), 15)) + "/" + new string('f', 248);
        var info = TorrentOf.Folder("t", TorrentOf.File(path, 1));
        var length = Encoding.UTF8.GetByteCount("t/" + path);

        Assert.Equal(1, FileTree.Of(info, FileTree.LongestPath - 1 - length).FileCount);
        Assert.Throws<InvalidDataException>(() => FileTree.Of(info, FileTree.LongestPath - length));
    }

    [Fact]
    public void However_hostile_the_paths_every_file_has_one_safe_place_and_one_inode() =>
        Prop.ForAll(HostileTorrent, info =>
        {
            var tree = FileTree.Of(info);
            var paths = tree.Nodes.Select(node => node.ToString()).ToList();
            var names = tree.Nodes.Skip(1).Select(node => Encoding.UTF8.GetString(node.Name));
            return paths.Distinct().Count() == paths.Count
                && tree.Nodes.Select(node => node.Inode).Distinct().Count() == paths.Count
                && names.All(name => FileNames.Clean(Encoding.UTF8.GetBytes(name)) == name)
                && tree.FileCount == info.Files.Count
                && tree.Nodes.Select((node, number) => node.Number == number).All(same => same)
                && tree.Nodes.All(node => node.Children.All(child => node.Find(child.Name) == child && child.Parent == node));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void The_same_torrent_gives_the_same_tree_with_the_same_inodes() =>
        Prop.ForAll(HostileTorrent, info =>
            Inodes(FileTree.Of(info)).SequenceEqual(Inodes(FileTree.Of(InfoDictionary.Parse(info.Bytes))))).QuickCheckThrowOnFailure();

    [Fact]
    public void Inodes_never_change_from_one_version_of_btfs_to_the_next()
    {
        var tree = FileTree.Of(TorrentOf.Folder("t", TorrentOf.File("d/a", 1), TorrentOf.File("b", 1)));

        // Written down on the day they were first shown to anybody.
        Assert.Equal(
            ["=1", "/t=2047153189828609346", "/t/b=8660094908446714793", "/t/d=6864003958232955629", "/t/d/a=2808641438147525293"],
            tree.Nodes.Select(node => $"{node}={node.Inode}"));
    }

    [Fact]
    public void Two_hashes_that_meet_become_two_inodes_and_neither_0_nor_the_roots()
    {
        var numbers = new InodeNumbers(default);

        Assert.Equal([2UL, 3UL, 7UL, 8UL, (ulong)long.MaxValue, 4UL], new[] { 0UL, 1UL, 7UL, 7UL, ulong.MaxValue, ulong.MaxValue }.Select(numbers.Take));
    }

    [Fact]
    public void A_folder_of_100_000_files_finds_each_by_its_name()
    {
        var info = TorrentOf.Folder("t", [.. Enumerable.Range(0, 100_000).Select(i => TorrentOf.File($"{i % 10}/{i}.txt", 1))]);

        var tree = FileTree.Of(info);

        var folder = tree.Root.Children[0];
        Assert.Equal(100_000, tree.FileCount);
        Assert.All(Enumerable.Range(0, 100_000), i => Assert.Equal(
            i, folder.Find(Encoding.UTF8.GetBytes($"{i % 10}"))?.Find(Encoding.UTF8.GetBytes($"{i}.txt"))?.File.Value));
    }

    internal static IEnumerable<string> PathsOf(InfoDictionary info, params IReadOnlyList<FileRange> selected) =>
        FileTree.Of(info, selected: selected).Nodes.Where(node => node.Kind != NodeKind.Directory).Select(node => node.ToString()).Order(StringComparer.Ordinal);

    private static Arbitrary<InfoDictionary> HostileTorrent { get; } =
        Gen.Elements("a", "b", "..", ".", "a\u0001", "a_", "_", "a (2)", "a\u200b", "/", "\0", "x.txt", "x\u0007.txt", new string('y', 300))
            .ListOf()
            .Where(path => path.Count is > 0 and < 5)
            .ListOf()
            .Where(paths => paths.Count is > 0 and < 40)
            .Select(paths => TorrentOf.Folder("..", [.. paths.Select(path => new TorrentFile
            {
                Path = [.. path.Select(name => new ReadOnlyMemory<byte>(Encoding.UTF8.GetBytes(name)))],
                Length = 1,
            })]))
            .ToArbitrary();

    private static IEnumerable<(string, ulong)> Inodes(FileTree tree) => tree.Nodes.Select(node => (node.ToString(), node.Inode));
}
