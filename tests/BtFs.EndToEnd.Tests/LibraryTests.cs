using System.Diagnostics;

namespace BtFs.EndToEnd;

/// <summary>Many torrents in one mount: how they come and go, and what stays.</summary>
public sealed class LibraryTests : IDisposable
{
    private const int Ok = 0;
    private const int Usage = 1;
    private const int BadSource = 3;
    private const int NoLibrary = 4;

    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(10);

    private readonly TemporaryFolder _folder = new();
    private readonly BtfsPlaces _places;
    private readonly string _library;

    public LibraryTests()
    {
        _places = BtfsPlaces.In(_folder);
        _library = _folder.Sub("library");
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Torrents_come_by_four_ways_and_go_by_two_and_a_restart_shows_the_same()
    {
        await using var torrents = await LibraryTorrents.StartAsync(_folder, "named one", "named two", "added", "copied", "watched");
        var watched = _folder.Sub("watched");
        await using (var mount = await BtfsMount.StartLibraryAsync(
            _places, _library, torrents.Peer, $"--watch={watched}", torrents[0].TorrentFile, torrents[1].TorrentFile))
        {
            Assert.Equal(["named one", "named two"], Names(mount));

            var added = (await RunAsync("add", torrents[2].TorrentFile, mount.Path)).Ok();
            Assert.Equal(mount.At("added"), added.Text);
            (await Command.RunAsync("cp", torrents[3].TorrentFile, mount.Path)).Ok();
            File.Copy(torrents[4].TorrentFile, Path.Combine(watched, "new.torrent"));
            await ListedAsync(mount, "added", "copied", "named one", "named two", "watched");
            Assert.All(torrents.All, torrent => LibraryTorrents.AssertReads(torrent, mount));

            (await Command.RunAsync("rmdir", mount.At("named one"))).Ok();
            Assert.Equal("removed watched", (await RunAsync("remove", mount.At("watched"))).Ok().Text);
            Assert.Equal(["added", "copied", "named two"], Names(mount));
            await mount.UnmountAsync();
        }

        await using var again = await BtfsMount.StartLibraryAsync(_places, _library, torrents.Peer, $"--watch={watched}");
        Assert.Equal(["added", "copied", "named two"], Names(again));
        LibraryTorrents.AssertReads(torrents[3], again);

        // Its file is still in the watched folder, and was removed all the same.
        File.Copy(torrents[0].TorrentFile, Path.Combine(watched, "other.torrent"));
        await ListedAsync(again, "added", "copied", "named one", "named two");
        await again.UnmountAsync();
    }

    [Fact]
    public async Task A_bad_torrent_stops_no_other_wherever_it_comes_from_and_is_told_once()
    {
        await using var torrents = await LibraryTorrents.StartAsync(_folder, "good", "good too");
        var watched = _folder.Sub("watched");
        var bad = _folder.At("bad.torrent");
        File.WriteAllText(bad, "no torrent at all");
        File.Copy(bad, Path.Combine(watched, "bad in the folder.torrent"));
        File.Copy(bad, Path.Combine(_library, new string('a', 40) + ".torrent"));
        File.WriteAllText(Path.Combine(_library, "whatever.magnet"), "magnet:?");
        File.Copy(torrents[1].TorrentFile, Path.Combine(_library, new string('b', 40) + ".torrent"));

        await using var mount = await BtfsMount.StartLibraryAsync(
            _places, _library, torrents.Peer, $"--watch={watched}", torrents[0].TorrentFile, bad, torrents[1].TorrentFile);
        Assert.Equal(["good", "good too"], Names(mount));
        var copied = await Command.RunAsync("cp", bad, mount.At("copied.torrent"));
        Assert.Contains("Invalid argument", copied.Errors);

        string[] told =
        [
            "bad.torrent was not taken: the file is not a torrent", "copied.torrent was not taken: the file is not a torrent",
            "bad in the folder.torrent was not taken: the file is not a torrent", new string('a', 40) + " is left alone: the file is not a torrent",
            "whatever.magnet is left alone: its name is no infohash", new string('b', 40) + " is left alone: it holds another torrent than its name says",
        ];
        await Eventually.TrueAsync("all of it is told", Soon, () => told.All(line => mount.Log.Contains(line)));
        Assert.All(told, line => Assert.Equal(2, mount.Log.Split(line).Length));
        Assert.Equal(["good", "good too"], Names(mount));
        Assert.True(File.Exists(Path.Combine(_library, "whatever.magnet")));
        LibraryTorrents.AssertReads(torrents[1], mount);
        await mount.UnmountAsync();
    }

    [Fact]
    public async Task A_torrent_is_taken_when_the_last_of_it_is_written_or_when_it_gets_its_name()
    {
        await using var torrents = await LibraryTorrents.StartAsync(_folder, "copied", "renamed", "piped", "synchronized");
        await using var mount = await BtfsMount.StartLibraryAsync(_places, _library, torrents.Peer);

        (await Command.RunAsync("cp", "--preserve=all", torrents[0].TorrentFile, mount.At("a.torrent"))).Ok();
        (await mount.ShellAsync($"cp '{torrents[1].TorrentFile}' b.torrent.part && mv b.torrent.part b.torrent")).Ok();
        (await mount.ShellAsync($": > c.torrent && cat '{torrents[2].TorrentFile}' > c.torrent")).Ok();
        (await Command.RunAsync("rsync", "-t", torrents[3].TorrentFile, mount.At("d.torrent"))).Ok();

        Assert.Equal(["copied", "piped", "renamed", "synchronized"], Names(mount));
        await mount.UnmountAsync();
    }

    [Fact]
    public async Task A_bad_torrent_fails_to_be_closed_with_EINVAL_and_goes_and_to_be_renamed_with_EBADMSG()
    {
        await using var mount = await BtfsMount.StartLibraryAsync(_places, _library);

        Assert.Contains("Bad message", (await mount.ShellAsync("echo bad > part.torrent.part; mv part.torrent.part part.torrent")).Errors);
        Assert.Contains("Invalid argument", (await Command.RunAsync("cp", "/etc/hostname", mount.At("hostname.torrent"))).Errors);

        await ListedAsync(mount, "part.torrent.part");
        Assert.Contains("part.torrent was not taken: the file is not a torrent", mount.Log);
        Assert.Contains("hostname.torrent was not taken: the file is not a torrent", mount.Log);
        await mount.UnmountAsync();
    }

    [Fact]
    public async Task Nothing_but_torrents_is_dropped_and_nothing_else_is_changed()
    {
        await using var torrents = await LibraryTorrents.StartAsync(_folder, "one");
        await using var mount = await BtfsMount.StartLibraryAsync(_places, _library, torrents[0].TorrentFile);

        Assert.Contains("Operation not permitted", (await mount.ShellAsync("cp /etc/hostname film.mkv")).Errors);
        Assert.Contains("Operation not permitted", (await mount.ShellAsync("mkdir folder")).Errors);
        Assert.Contains("Operation not permitted", (await mount.ShellAsync("ln -s /etc/hostname link.torrent")).Errors);
        Assert.Contains("Operation not permitted", (await mount.ShellAsync("mv one two")).Errors);
        Assert.Contains("Read-only file system", (await mount.ShellAsync("cp /etc/hostname one/")).Errors);
        Assert.Contains("Read-only file system", (await mount.ShellAsync("echo x > one/one")).Errors);
        Assert.Contains("Read-only file system", (await mount.ShellAsync("mv one/one one/two")).Errors);
        Assert.Contains("Read-only file system", (await mount.ShellAsync("touch one")).Errors);
        Assert.Contains("busy", (await mount.ShellAsync("rmdir .btfs")).Errors);
        Assert.Equal(["one"], Names(mount));
        await mount.UnmountAsync();
    }

    [Fact]
    public async Task Removing_recursively_removes_nothing()
    {
        await using var torrents = await LibraryTorrents.StartAsync(_folder, "one");
        await using var mount = await BtfsMount.StartLibraryAsync(_places, _library, torrents.Peer, torrents[0].TorrentFile);

        Assert.Contains("Read-only file system", (await mount.ShellAsync("rm -rf one")).Errors);

        LibraryTorrents.AssertReads(torrents[0], mount);
        await mount.UnmountAsync();
    }

    [Fact]
    public async Task Eight_files_are_dropped_at_once_and_none_is_longer_than_a_torrent()
    {
        await using var mount = await BtfsMount.StartLibraryAsync(_places, _library);

        (await mount.ShellAsync("for i in 1 2 3 4 5 6 7 8; do : > $i.torrent || exit 1; done")).Ok();
        Assert.Contains("No space left", (await mount.ShellAsync("touch 9.torrent")).Errors);
        Assert.Contains("File too large", (await mount.ShellAsync("truncate -s 65M 1.torrent")).Errors);
        (await mount.ShellAsync("rm 1.torrent && : > 9.torrent && test $(ls | wc -l) = 8 && rm *.torrent")).Ok();

        Assert.Empty(Names(mount));
        await mount.UnmountAsync();
    }

    [Fact]
    public async Task Whoever_reads_a_removed_torrent_hears_EIO_at_once()
    {
        var torrent = TorrentFixture.MakeSingle(_folder, "nobody has it", 32_768, new FileShape("nobody has it", 100_000));
        await using var mount = await BtfsMount.StartLibraryAsync(_places, _library, "--read-timeout=forever", torrent.TorrentFile);
        using var waiting = new Command("cat", mount.At("nobody has it/nobody has it")).Start();
        var open = File.OpenHandle(mount.At("nobody has it/nobody has it"));
        await Eventually.TrueAsync("a reader waits", Soon, () => File.ReadAllText($"/proc/{waiting.Id}/stack").Contains("folio") || HasOpen(waiting));
        var since = Stopwatch.StartNew();

        (await RunAsync("remove", "nobody has it", mount.Path)).Ok();

        Assert.Contains("Input/output error", await waiting.StandardError.ReadToEndAsync());
        Assert.ThrowsAny<IOException>(() => RandomAccess.Read(open, new byte[10], 0));
        Assert.True(since.Elapsed < TimeSpan.FromSeconds(5), $"It took {since.Elapsed}.");
        open.Dispose();
        Assert.Empty(Names(mount));
        await mount.UnmountAsync();
    }

    [Fact]
    public async Task Torrents_come_and_go_while_the_folder_is_listed_and_walked()
    {
        await using var torrents = await LibraryTorrents.StartAsync(_folder, [.. Enumerable.Range(0, 20).Select(i => $"torrent {i:00}")]);
        await using var mount = await BtfsMount.StartLibraryAsync(_places, _library, torrents.Peer, torrents[0].TorrentFile);
        using var stop = new CancellationTokenSource();
        var walks = Enumerable.Range(0, 3).Select(_ => Task.Run(async () =>
        {
            while (!stop.IsCancellationRequested)
            {
                var seen = (await mount.ShellAsync("ls")).Ok().Text.Split('\n');
                Assert.Contains("torrent 00", seen);
                Assert.Equal(seen.Distinct(), seen);
                await mount.ShellAsync("find . -type f");
            }
        })).ToList();

        for (var round = 0; round < 3; round++)
        {
            foreach (var torrent in torrents.All.Skip(1))
            {
                (await Command.RunAsync("cp", torrent.TorrentFile, mount.Path)).Ok();
            }

            Assert.Equal(20, Names(mount).Count);
            foreach (var torrent in torrents.All.Skip(1))
            {
                (await Command.RunAsync("rmdir", mount.At(torrent.Name))).Ok();
            }

            Assert.Equal(["torrent 00"], Names(mount));
        }

        stop.Cancel();
        await Task.WhenAll(walks);
        await mount.UnmountAsync();
    }

    [Fact]
    public async Task A_magnet_appears_when_somebody_has_told_what_is_in_it_and_at_once_the_next_time()
    {
        await using var torrents = await LibraryTorrents.StartAsync(_folder, "from a link");
        var nobody = $"magnet:?xt=urn:btih:{new string('c', 40)}";
        await using (var mount = await BtfsMount.StartLibraryAsync(_places, _library, nobody))
        {
            Assert.Empty(Names(mount));
            var added = (await RunAsync("add", torrents.Magnet(0), mount.Path)).Ok();
            Assert.Equal("", added.Text);
            await ListedAsync(mount, "from a link");
            LibraryTorrents.AssertReads(torrents[0], mount);
            await mount.UnmountAsync();
        }

        await torrents.DisposeAsync();
        await using var again = await BtfsMount.StartLibraryAsync(_places, _library);
        Assert.Equal(["from a link"], Names(again));
        Assert.Equal(nobody, File.ReadAllText(Path.Combine(_library, new string('c', 40) + ".magnet")).Trim());
        Assert.Equal($"removed {new string('c', 40)}", (await RunAsync("remove", new string('c', 40), again.Path)).Ok().Text);
        Assert.False(File.Exists(Path.Combine(_library, new string('c', 40) + ".magnet")));
        await again.UnmountAsync();
    }

    [Fact]
    public async Task Torrents_of_one_name_have_numbers_and_keep_them()
    {
        await using var torrents = await LibraryTorrents.StartAsync(_folder, "same", "same", ".btfs");
        string[] names;
        await using (var mount = await BtfsMount.StartLibraryAsync(_places, _library, [torrents.Peer, .. torrents.All.Select(torrent => torrent.TorrentFile)]))
        {
            names = [.. Names(mount)];
            Assert.Equal([".btfs (2)", "same", "same (2)"], names);
            LibraryTorrents.AssertReads(torrents[1], mount, "same (2)");
            (await Command.RunAsync("rmdir", mount.At("same"))).Ok();
            await mount.UnmountAsync();
        }

        await using var again = await BtfsMount.StartLibraryAsync(_places, _library, torrents.Peer);
        Assert.Equal([".btfs (2)", "same (2)"], Names(again));
        await again.UnmountAsync();
    }

    [Fact]
    public async Task A_folder_of_many_files_is_the_torrents_own_and_its_inode_is_the_same_in_every_mount()
    {
        var torrent = TorrentFixture.Make(_folder, "series", 32_768, new FileShape("a/one", 100), new FileShape("two", 200));
        string Inodes(BtfsMount mount) => string.Join(' ', new[] { "series", "series/a", "series/a/one", "series/two" }.Select(path => InodeOf(mount.At(path))));

        string before;
        await using (var mount = await BtfsMount.StartLibraryAsync(_places, _library, torrent.TorrentFile))
        {
            Assert.Equal("series\nseries/a\nseries/a/one\nseries/two", (await mount.ShellAsync("find series | sort")).Ok().Text);
            before = Inodes(mount);
            await mount.UnmountAsync();
        }

        await using var again = await BtfsMount.StartLibraryAsync(_places, _library);
        Assert.Equal(before, Inodes(again));
        await again.UnmountAsync();
    }

    [Fact]
    public async Task The_control_file_takes_one_request_gives_one_answer_and_is_never_listed()
    {
        await using var torrents = await LibraryTorrents.StartAsync(_folder, "one");
        await using var mount = await BtfsMount.StartLibraryAsync(_places, _library, torrents[0].TorrentFile);

        Assert.Equal("one", (await mount.ShellAsync("ls -A")).Ok().Text);
        Assert.Equal("control 600\n. 500", (await mount.ShellAsync("cd .btfs && stat -c '%n %a' control .")).Ok().Text);
        Assert.Equal("ok one", (await mount.ShellAsync("exec 3<>.btfs/control; echo remove one >&3; cat <&3")).Ok().Text);
        Assert.Equal("error 1 no such torrent in this library", (await mount.ShellAsync("exec 3<>.btfs/control; echo remove one >&3; cat <&3")).Ok().Text);
        Assert.StartsWith("error 1 a request is", (await mount.ShellAsync("exec 3<>.btfs/control; echo nonsense >&3; cat <&3")).Ok().Text);
        Assert.Equal("ok one", (await mount.ShellAsync($"exec 3<>.btfs/control; (echo torrent; cat '{torrents[0].TorrentFile}') >&3; cat <&3")).Ok().Text);
        Assert.Equal(["one"], Names(mount));
        await mount.UnmountAsync();
    }

    [Fact]
    public async Task What_add_and_remove_are_not_able_to_do_they_say_with_an_exit_code()
    {
        await using var mount = await BtfsMount.StartLibraryAsync(_places, _library);
        File.WriteAllText(_folder.At("bad.torrent"), "bad");

        async Task RefusedAsync(int code, string text, params string[] words)
        {
            var refused = await RunAsync(words);
            Assert.Equal((code, ""), (refused.ExitCode, refused.Text));
            Assert.StartsWith("btfs: ", refused.Errors);
            Assert.Contains(text, refused.Errors);
        }

        await RefusedAsync(Usage, "needs a SOURCE and a MOUNTPOINT", "add", "x");
        await RefusedAsync(Usage, "needs the path of a torrent's folder", "remove");
        await RefusedAsync(BadSource, "the file is not a torrent", "add", _folder.At("bad.torrent"), mount.Path);
        await RefusedAsync(BadSource, "no such file", "add", "/no/such.torrent", mount.Path);
        await RefusedAsync(NoLibrary, "no library is mounted there", "add", new string('d', 40), _folder.Path);
        await RefusedAsync(NoLibrary, "no library is mounted there", "remove", _folder.At("x"));
        await RefusedAsync(Usage, "no such torrent", "remove", mount.At("x"));
        await RefusedAsync(NoLibrary, "another mount uses this list", $"--library={_library}", "-f", _folder.Sub("elsewhere"));
        await mount.UnmountAsync();
    }

    [Fact]
    public async Task Two_hundred_torrents_are_listed_ten_are_read_at_once_and_memory_and_descriptors_stay_bounded()
    {
        const long MiB = 1 << 20;
        await using var torrents = await LibraryTorrents.StartAsync(_folder, [.. Enumerable.Range(0, 200).Select(i => $"torrent {i:000}")]);
        var watched = _folder.Sub("watched");
        foreach (var torrent in torrents.All)
        {
            File.Copy(torrent.TorrentFile, Path.Combine(watched, torrent.Name + ".torrent"));
        }

        File.WriteAllText(Path.Combine(watched, "torrent 100 and a half.torrent"), "bad");
        var names = torrents.All.Select(torrent => torrent.Name).ToArray();
        await using (var mount = await BtfsMount.StartLibraryAsync(_places, _library, torrents.Peer, $"--watch={watched}"))
        {
            await ListedAsync(mount, names);
            await Task.WhenAll(torrents.All.Where((_, i) => i % 20 == 7).Select(torrent => Task.Run(() => LibraryTorrents.AssertReads(torrent, mount))));
            var size = ProcessSize.Of(mount.Pid);
            Assert.InRange(size.Resident, 1, 300 * MiB);
            Assert.InRange(size.Handles, 1, 1000);
            await mount.UnmountAsync();
        }

        await using var again = await BtfsMount.StartLibraryAsync(_places, _library, torrents.Peer);
        Assert.Equal(names, Names(again));
        LibraryTorrents.AssertReads(torrents[150], again);
        await again.UnmountAsync();
    }

    private static IReadOnlyList<string> Names(BtfsMount mount) =>
        [.. Directory.EnumerateFileSystemEntries(mount.Path).Select(path => Path.GetFileName(path)!).Order(StringComparer.Ordinal)];

    private static Task ListedAsync(BtfsMount mount, params string[] names) =>
        Eventually.TrueAsync($"{string.Join(", ", names)} are listed", Soon * 3, () => Names(mount).SequenceEqual(names));

    private static string InodeOf(string path)
    {
        using var stat = Process.Start(new ProcessStartInfo("stat", ["--format=%i", path]) { RedirectStandardOutput = true })!;
        return stat.StandardOutput.ReadToEnd().Trim();
    }

    private static bool HasOpen(Process process) =>
        Directory.GetFileSystemEntries($"/proc/{process.Id}/fd").Any(descriptor => new FileInfo(descriptor).LinkTarget?.EndsWith("nobody has it", StringComparison.Ordinal) ?? false);

    private Task<CommandResult> RunAsync(params IEnumerable<string> words) => _places.Command(words).RunAsync();
}
