using BtFs.Commands;
using BtFs.Engine;
using BtFs.Running;

namespace BtFs.Tests;

public sealed class MountRequestTests
{
    [Theory]
    [InlineData("-f", "a.torrent", "/mnt")]
    [InlineData("a.torrent", "-f", "/mnt")]
    [InlineData("a.torrent", "/mnt", "-f")]
    public void Options_stand_anywhere(params string[] arguments)
    {
        var request = Read(arguments);

        Assert.Equal(("a.torrent", "/mnt", true), (request.Source, request.MountPoint, request.Foreground));
    }

    [Fact]
    public void The_options_of_johang_btfs_mean_what_they_mean_there()
    {
        var request = Read(
            "-b", "-k", "--data-directory=/data", "--min-port=1000", "--max-port=2000", "--max-download-rate=100", "--max-upload-rate=5", "s", "m");

        Assert.Equal((true, CacheRetention.Pinned), (request.Shown.BrowseOnly, request.Retention));
        Assert.Equal(
            ("/data", 1000, 2000, 100_000L, 5_000L),
            (request.DataDirectory, request.MinPort, request.MaxPort, request.MaxDownloadRate, request.MaxUploadRate));
    }

    [Fact]
    public void Neighbours_and_gateways_are_asked_unless_they_are_not_to_be()
    {
        var usual = Read("s", "m").EngineOptionsWith("/cache");
        var quiet = Read("s", "m", "--no-lsd", "--no-port-mapping").EngineOptionsWith("/cache");

        Assert.Equal((true, true), (usual.FindsLocally, usual.MapsPorts));
        Assert.Equal((false, false), (quiet.FindsLocally, quiet.MapsPorts));
    }

    [Fact]
    public void The_cache_is_bounded_by_a_size_or_a_part_of_the_disk_or_not_at_all()
    {
        var usual = Read("s", "m").EngineOptionsWith("/cache");
        Assert.Equal((100L << 30, 5L << 30), (usual.CacheLimit.On(1000L << 30) * 5, usual.CacheMinFree.On(100L << 30)));

        var options = Read("s", "m", "--cache-size=200M", "--cache-min-free=2%").EngineOptionsWith("/cache");
        Assert.Equal((200L << 20, 20), (options.CacheLimit.On(1L << 50), options.CacheMinFree.On(1000)));
        Assert.True(Read("s", "m", "--cache-size=unlimited").EngineOptionsWith("/cache").CacheLimit.IsUnlimited);
    }

    [Theory]
    [InlineData("--cache=memory", 64)]
    [InlineData("--cache=memory:256M", 256)]
    public void A_cache_in_memory_has_a_size_of_its_own(string option, long mebibytes)
    {
        var request = Read("s", "m", option);

        Assert.True(request.Cache.IsInMemory);
        Assert.Equal(mebibytes << 20, request.EngineOptionsWith(null).MemoryCacheBytes);
    }

    [Theory]
    [InlineData("-o", "uid=7,gid=8,umask=027,allow_other")]
    [InlineData("-ouid=7,gid=8", "-oumask=027", "-o", "allow_other,ro,nodev,_netdev,x-systemd.automount")]
    public void Mount_words_come_in_one_list_or_several(params string[] words)
    {
        var request = Read(["source", "/mnt", .. words]);

        Assert.Equal((7u, 8u, 0x17, 0x17), (request.Shown.UserId, request.Shown.GroupId, (int)request.Shown.FileMask, (int)request.Shown.FolderMask));
        Assert.True(request.Fuse.AllowOther);
    }

    [Fact]
    public void The_type_in_the_mount_table_is_fuse_btfs_and_the_source_the_torrents_name()
    {
        Assert.Equal("btfs", Read("s", "m").Fuse.Subtype);
        Assert.Equal(OptionWords.NoFsName, Read("s", "m").Fuse.FsName);
        Assert.Equal("disk", Read("s", "m", "-ofsname=disk").Fuse.FsName);
    }

    [Theory]
    [InlineData("-d")]
    [InlineData("-odebug")]
    [InlineData("-fd")]
    public void Debugging_logs_everything_and_stays_in_the_foreground(string option)
    {
        var request = Read("s", "m", option);

        Assert.Equal((true, LogDetail.Debug), (request.Foreground, request.Detail));
    }

    [Fact]
    public void A_mount_point_is_absolute_before_anybody_changes_directory() =>
        Assert.Equal(Path.Combine(Directory.GetCurrentDirectory(), "m"), Read("s", "m").MountPoint);

    [Fact]
    public void Peers_and_times_are_read()
    {
        var request = Read("s", "m", "--peer=192.0.2.7:6881", "--peer", "[2001:db8::7]:1", "--read-timeout=forever", "--metadata-timeout=5m");

        Assert.Equal(["192.0.2.7:6881", "[2001:db8::7]:1"], request.Peers.Select(peer => peer.ToString()));
        Assert.Equal((Timeout.InfiniteTimeSpan, TimeSpan.FromMinutes(5)), (request.ReadTimeout, request.MetadataTimeout));
    }

    [Theory]
    [InlineData(PrefetchPolicy.None, "--keep")]
    [InlineData(PrefetchPolicy.None, "--prefetch=none")]
    [InlineData(PrefetchPolicy.File, "--prefetch=file")]
    [InlineData(PrefetchPolicy.All, "--prefetch", "all")]
    public void What_to_fetch_without_a_reader_is_nothing_unless_told(PrefetchPolicy policy, params string[] option) =>
        Assert.Equal(policy, Read(["s", "m", .. option]).EngineOptionsWith("/").Prefetch);

    [Theory]
    [InlineData(80)]
    [InlineData(200, "--max-peers=200")]
    public void More_peers_than_usual_are_taken_when_asked_for(int peers, params string[] option) =>
        Assert.Equal(peers, Read(["s", "m", .. option]).EngineOptionsWith("/").MaxPeers);

    [Fact]
    public void Without_options_nothing_is_limited_and_reads_wait_two_minutes()
    {
        var request = Read("s", "m");

        Assert.Equal((6881, 6889, 0L, 0L), (request.MinPort, request.MaxPort, request.MaxDownloadRate, request.MaxUploadRate));
        Assert.Equal((TimeSpan.FromSeconds(120), LogDetail.Trouble, false), (request.ReadTimeout, request.Detail, request.Foreground));
        Assert.Equal(CacheRetention.UntilClosed, request.Retention);
        Assert.False(request.Shown.BrowseOnly || request.Fuse.AllowOther);
    }

    [Theory]
    [InlineData(CacheRetention.Evictable, "--cache-persist")]
    [InlineData(CacheRetention.Pinned, "--keep")]
    [InlineData(CacheRetention.Pinned, "--keep", "--cache-persist")]
    public void What_is_kept_is_kept_as_long_as_the_strongest_word_says(CacheRetention retention, params string[] options) =>
        Assert.Equal(retention, Read(["s", "m", .. options]).EngineOptionsWith("/").Retention);

    [Theory]
    [InlineData(7000, 7000, "--min-port=7000")]
    [InlineData(6000, 6000, "--max-port=6000")]
    public void One_port_given_alone_moves_the_other_where_it_must(int min, int max, string option)
    {
        var request = Read("s", "m", option);

        Assert.Equal((min, max), (request.MinPort, request.MaxPort));
    }

    [Fact]
    public void Every_option_is_explained_in_the_help() => Assert.All(
        MountOptions.All.SelectMany(option => option.Aliases.Append(option.Name)),
        name => Assert.Contains($" {name}", HelpText.Mount.Text, StringComparison.Ordinal));

    private static MountRequest Read(params string[] arguments) =>
        MountRequestReader.Read(CommandLine.Root(new Terminal(TextWriter.Null, isTerminal: false), pipe: null).Parse(arguments));
}
