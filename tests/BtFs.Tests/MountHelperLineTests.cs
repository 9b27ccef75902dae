using BtFs.Commands;
using BtFs.Engine;
using BtFs.Running;
using BtFs.Settings;

namespace BtFs.Tests;

/// <summary>As <c>mount.btfs</c> the program speaks the language of mount(8).</summary>
public sealed class MountHelperLineTests
{
    private static readonly SettingSources Nothing = new(new Dictionary<string, string>(), "/nowhere");

    [Fact]
    public void What_fstab_says_reaches_the_mount()
    {
        var request = Read("a.torrent", "/mnt", "-o", "rw,keep,cache_size=2G,max-peers=7,noauto,user,x-systemd.automount,allow_other,uid=7", "-n", "-t", "btfs");

        Assert.Equal(("a.torrent", "/mnt", CacheRetention.Pinned, 7), (request.Source, request.MountPoint, request.Retention, request.MaxPeers));
        Assert.Equal((true, 7u), (request.Fuse.AllowOther, request.Shown.UserId));
        Assert.False(request.ReadWrite || request.Foreground || request.Fake);
    }

    [Fact]
    public void The_mount_table_shows_what_fstab_says_so_that_nothing_is_mounted_twice() =>
        Assert.Equal(@"magnet:?dn=a,b\c", Read(@"magnet:?dn=a,b\c", "/mnt").Fuse.FsName);

    [Theory]
    [InlineData("-fsv")]
    [InlineData("-f", "-s", "-v")]
    [InlineData("-vfsoro,keep")]
    public void Letters_stand_alone_or_together(params string[] letters) =>
        Assert.True(Read([.. letters, "a.torrent", "/mnt"]).Fake);

    [Fact]
    public void Unknown_words_are_dropped_only_where_that_is_wanted()
    {
        Assert.Equal(20, Read("a", "/m", "-s", "-o", "frobnicate,max_peers=20,sloppy=1").MaxPeers);
        Assert.Contains("-o frobnicate: unknown mount option", Assert.Throws<CommandException>(() => Read("a", "/m", "-o", "frobnicate")).Message, StringComparison.Ordinal);
        Assert.Contains("-o uid=x", Assert.Throws<CommandException>(() => Read("a", "/m", "-s", "-o", "uid=x")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void It_goes_to_the_background_whatever_is_said()
    {
        var sources = Nothing with { Variables = new Dictionary<string, string> { ["BTFS_FOREGROUND"] = "1", ["BTFS_DEBUG"] = "1" } };

        var request = Read(sources, "a", "/m", "-o", "debug,foreground");

        Assert.False(request.Foreground);
        Assert.Equal(LogDetail.Verbose, request.Detail);
    }

    [Fact]
    public void A_source_called_like_a_command_is_a_source() => Assert.Equal("doctor", Read("doctor", "/m").Source);

    [Theory]
    [InlineData("needs a source and a directory", "a")]
    [InlineData("needs a source and a directory", "a", "b", "c")]
    [InlineData("-x: unknown option", "a", "b", "-x")]
    [InlineData("-o: needs a value", "a", "b", "-o")]
    [InlineData("-N: btfs cannot go to another mount namespace", "a", "b", "-N", "1")]
    [InlineData("-o remount: a mount of btfs cannot be changed", "a", "b", "-o", "remount,ro")]
    public void What_makes_no_sense_is_refused(string complaint, params string[] arguments)
    {
        var refused = Assert.Throws<CommandException>(() => Read(arguments));

        Assert.Contains(complaint, refused.Message, StringComparison.Ordinal);
        Assert.Equal(1, refused.Code.ForMount());
    }

    [Theory]
    [InlineData(ExitCode.Ok, 0)]
    [InlineData(ExitCode.Usage, 1)]
    [InlineData(ExitCode.System, 2)]
    [InlineData(ExitCode.Bug, 4)]
    [InlineData(ExitCode.Interrupted, 8)]
    [InlineData(ExitCode.Source, 32)]
    [InlineData(ExitCode.MountRefused, 32)]
    [InlineData(ExitCode.NoMetadata, 32)]
    internal void It_ends_as_mount_wants_it(ExitCode code, int forMount) => Assert.Equal(forMount, code.ForMount());

    [Theory]
    [InlineData("btfs", "a b", "a b")]
    [InlineData("btplay", "a", "play a")]
    [InlineData("btplay", "-p vlc a", "play --player vlc a")]
    [InlineData("btfsstat", "m", "btfsstat m")]
    public void The_name_it_is_called_by_says_what_to_do(string name, string arguments, string meaning) =>
        Assert.Equal(meaning, string.Join(' ', Calling.Of(name, arguments.Split(' '))));

    private static MountRequest Read(params string[] arguments) => Read(Nothing, arguments);

    private static MountRequest Read(SettingSources sources, params string[] arguments)
    {
        var words = Calling.Of("mount.btfs", arguments);
        var root = CommandLine.Root(new Terminal(TextWriter.Null, isTerminal: false), pipe: null);
        var settled = new SettledLine(root.Parse(words), sources);
        return MountRequestReader.Read(root.Parse([.. settled.Words, .. words]));
    }
}
