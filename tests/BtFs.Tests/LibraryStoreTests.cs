using System.Diagnostics;
using BtFs.Libraries;
using BtFs.Protocol.Metainfo;

namespace BtFs.Tests;

public sealed class LibraryStoreTests : IDisposable
{
    private static readonly InfoHash One = new(Enumerable.Repeat((byte)0x11, InfoHash.Size).ToArray());
    private static readonly InfoHash Two = new(Enumerable.Repeat((byte)0x22, InfoHash.Size).ToArray());

    private readonly string _folder = Directory.CreateTempSubdirectory("btfs-library-").FullName;
    private readonly List<(string File, string Reason)> _damaged = [];

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void What_was_added_is_there_the_next_time_in_the_order_of_adding()
    {
        using (var store = LibraryStore.Open(_folder))
        {
            store.SaveTorrent(Two, "two"u8);
            File.SetLastWriteTimeUtc(Path.Combine(_folder, $"{Two}.torrent"), DateTime.UtcNow.AddMinutes(-1));
            store.SaveMagnet(One, "magnet:?xt=one");
            store.SaveName(One, "näme");
        }

        var torrents = Load();
        Assert.Equal([Two, One], torrents.Select(torrent => torrent.InfoHash));
        Assert.Equal("two"u8.ToArray(), torrents[0].Torrent!.Value.ToArray());
        Assert.Equal(("magnet:?xt=one", "näme"), (torrents[1].Magnet, torrents[1].Name));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(_folder) & (UnixFileMode)0x1ff);
    }

    [Fact]
    public void What_was_removed_is_not_and_leaves_a_word_only_for_a_watched_folder()
    {
        using (var store = LibraryStore.Open(_folder))
        {
            store.SaveTorrent(One, "one"u8);
            store.SaveName(One, "one");
            store.SaveTorrent(Two, "two"u8);
            store.Remove(One, isWatched: false);
            store.Remove(Two, isWatched: true);
            Assert.Null(store.RemovedAt(One));
            Assert.NotNull(store.RemovedAt(Two));
            store.SaveTorrent(Two, "two"u8);
            Assert.Null(store.RemovedAt(Two));
        }

        Assert.Equal([Two], Load().Select(torrent => torrent.InfoHash));
        Assert.Empty(Directory.GetFiles(_folder, $"{One}*"));
    }

    [Fact]
    public void Whatever_else_lies_there_is_told_and_left_alone_and_waited_for_by_nobody()
    {
        File.WriteAllText(Path.Combine(_folder, "not a hash.torrent"), "x");
        File.CreateSymbolicLink(Path.Combine(_folder, $"{One}.torrent"), "/etc/hostname");
        File.WriteAllText(Path.Combine(_folder, $"{new string('3', 40)}.magnet"), new string('x', 70_000));
        File.WriteAllText(Path.Combine(_folder, $"{Two}.torrent.new"), "cut off by a kill");
        using (var pipe = Process.Start("mkfifo", Path.Combine(_folder, $"{Two}.torrent")))
        {
            pipe.WaitForExit();
        }

        Assert.Empty(Load());
        Assert.Equal(
            ["it is a symbolic link", "it is no ordinary file", "it is longer than 65536 bytes", "its name is no infohash"],
            _damaged.Select(damage => damage.Reason));
        Assert.Equal(6, Directory.GetFiles(_folder).Length);
    }

    [Fact]
    public void An_info_dictionary_that_is_not_the_torrents_is_not_believed()
    {
        using (var store = LibraryStore.Open(_folder))
        {
            store.SaveMagnet(One, "magnet:?xt=one");
            store.SaveInfo(One, "d4:name1:xe"u8);
        }

        Assert.Null(Assert.Single(Load()).Info);
    }

    [Fact]
    public void Two_mounts_do_not_use_one_list()
    {
        using var store = LibraryStore.Open(_folder);

        Assert.Equal(ExitCode.MountRefused, Assert.Throws<CommandException>(() => LibraryStore.Open(_folder)).Code);
    }

    private IReadOnlyList<RememberedTorrent> Load()
    {
        using var store = LibraryStore.Open(_folder);
        return store.Load((file, reason) => _damaged.Add((file, reason)));
    }
}
