using System.CommandLine;
using BtFs.Commands;
using BtFs.Engine;
using BtFs.Running;
using BtFs.Settings;

namespace BtFs.Tests;

/// <summary>Options come from the command line, the environment, the user's file and the system's, in this order.</summary>
public sealed class SettingsTests : IDisposable
{
    private readonly string _home = Directory.CreateTempSubdirectory("btfs-settings-test-").FullName;
    private readonly Dictionary<string, string> _variables;

    public SettingsTests()
    {
        Directory.CreateDirectory(Path.Combine(_home, ".config", "btfs"));
        _variables = new Dictionary<string, string> { ["HOME"] = _home };
    }

    private string UserFile => Path.Combine(_home, ".config", "btfs", "config");

    private string SystemFile => Path.Combine(_home, "btfs.conf");

    public void Dispose() => Directory.Delete(_home, recursive: true);

    [Fact]
    public void What_is_nearer_to_the_user_wins()
    {
        File.WriteAllText(SystemFile, "max-peers = 10\nmin-port = 10\nmax-port = 10\nmetadata-timeout = 10");
        File.WriteAllText(UserFile, "max-peers = 20\nmin-port = 9\nmax-port = 9");
        _variables["BTFS_MAX_PEERS"] = "30";
        _variables["BTFS_MIN_PORT"] = "8";

        var request = Read("--max-peers=40", "s", "m");

        Assert.Equal((40, 8, 9, TimeSpan.FromSeconds(10)), (request.MaxPeers, request.MinPort, request.MaxPort, request.MetadataTimeout));
    }

    [Fact]
    public void A_file_has_comments_and_flags_and_the_last_of_two_lines_counts()
    {
        File.WriteAllText(UserFile, "# mine\n\n  keep\nno_lsd = yes\nno-port-mapping = off\nread-timeout=5m\nread-timeout = forever\ndata-directory = ~/cache dir\n");

        var request = Read("s", "m");

        Assert.Equal((CacheRetention.Pinned, false, true), (request.Retention, request.FindsLocally, request.MapsPorts));
        Assert.Equal((Timeout.InfiniteTimeSpan, Path.Combine(_home, "cache dir")), (request.ReadTimeout, request.DataDirectory));
    }

    [Fact]
    public void What_may_be_repeated_is_replaced_and_not_added_to()
    {
        File.WriteAllText(UserFile, "peer = 192.0.2.1:1\npeer = 192.0.2.2:2\n");
        Assert.Equal(2, Read("s", "m").Peers.Count);

        _variables["BTFS_PEER"] = "192.0.2.3:3, 192.0.2.4:4,192.0.2.5:5";
        Assert.Equal(3, Read("s", "m").Peers.Count);

        Assert.Equal("192.0.2.9:9", Read("--peer=192.0.2.9:9", "s", "m").Peers.Single().ToString());
    }

    [Fact]
    public void A_flag_that_is_off_in_the_environment_hides_the_file()
    {
        File.WriteAllText(UserFile, "keep\n");
        _variables["BTFS_KEEP"] = "0";

        Assert.Equal(CacheRetention.UntilClosed, Read("s", "m").Retention);
        Assert.Equal(CacheRetention.Pinned, Read("-k", "s", "m").Retention);
    }

    [Fact]
    public void What_excludes_something_on_the_command_line_is_no_mistake_elsewhere()
    {
        File.WriteAllText(UserFile, "no-utp\nno-dht\nkeep\ncache-size = 1G\n");

        Assert.Equal(PeerTransports.Utp, Read("--utp-only", "s", "m").Transports);
        Assert.NotNull(Read("--dht-node=192.0.2.1:1", "s", "m").Dht);
        Assert.True(Read("--cache=memory", "s", "m").Cache.IsInMemory);
        Assert.Equal(CacheRetention.Pinned, Read("--cache=disk", "s", "m").Retention);
    }

    [Fact]
    public void Long_options_are_words_of_o_with_dashes_or_underscores()
    {
        var request = Read("-o", "cache_size=2G,max-peers=20,keep", "-oro,allow_other", "s", "m");

        Assert.Equal((20, CacheRetention.Pinned, true), (request.MaxPeers, request.Retention, request.Fuse.AllowOther));
        Assert.Equal(2L << 30, request.Cache.Limit.On(1L << 50));
        Assert.Equal(7, Read("--max-peers=7", "-o", "max_peers=20", "s", "m").MaxPeers);
    }

    [Fact]
    public void The_words_of_o_come_from_a_file_too()
    {
        File.WriteAllText(UserFile, "options = allow_other,max_peers=20\n");

        var request = Read("s", "m");
        Assert.Equal((true, 20), (request.Fuse.AllowOther, request.MaxPeers));
        Assert.Equal((false, 80), (Read("-o", "ro", "s", "m").Fuse.AllowOther, Read("-o", "ro", "s", "m").MaxPeers));
    }

    [Fact]
    public void Without_configuration_the_files_are_not_even_read()
    {
        File.WriteAllText(UserFile, "nonsense\n");
        File.WriteAllText(SystemFile, "max-peers = 10\n");

        Assert.Equal(80, Read("--no-config", "s", "m").MaxPeers);
        _variables["BTFS_NO_CONFIG"] = "1";
        Assert.Equal(80, Read("s", "m").MaxPeers);
    }

    [Fact]
    public void An_empty_variable_and_a_file_that_is_not_there_say_nothing()
    {
        _variables["BTFS_MAX_PEERS"] = "";
        _variables["BTFS_KEEP"] = "";

        Assert.Equal((80, CacheRetention.UntilClosed), (Read("s", "m").MaxPeers, Read("s", "m").Retention));
    }

    [Theory]
    [InlineData("keep = perhaps", ":1: keep is 1 or 0, true or false, not 'perhaps'")]
    [InlineData("# x\nfrobnicate = 2", ":2: 'frobnicate' is no option")]
    [InlineData("\ncache-size", ":2: cache-size needs a value")]
    [InlineData("cache-size =", ":1: cache-size needs a value")]
    [InlineData("cache-size = big", ":1: --cache-size=big: a size")]
    [InlineData("data-directory = here", ":1: 'here' is no whole path")]
    [InlineData("options = frobnicate", ":1: -o frobnicate: unknown mount option")]
    [InlineData("peer = nobody", ":1: --peer nobody: a peer is HOST:PORT")]
    public void A_mistake_in_a_file_is_told_with_file_and_line(string text, string complaint)
    {
        File.WriteAllText(UserFile, text);

        var refused = Assert.Throws<CommandException>(() => Read("s", "m"));

        Assert.StartsWith(UserFile + complaint, refused.Message, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Usage, refused.Code);
    }

    [Theory]
    [InlineData("BTFS_KEEP", "perhaps", "BTFS_KEEP: keep is 1 or 0")]
    [InlineData("BTFS_CACHE_SIZE", "big", "BTFS_CACHE_SIZE: --cache-size=big: a size")]
    [InlineData("BTFS_WAIT", "long", "BTFS_WAIT: --wait=long: it is ready or none")]
    public void A_mistake_in_a_variable_is_told_with_its_name(string name, string value, string complaint)
    {
        _variables[name] = value;

        Assert.StartsWith(complaint, Assert.Throws<CommandException>(() => Read("s", "m")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_is_too_large_is_not_read()
    {
        using (var large = File.Create(UserFile))
        {
            large.SetLength(ConfigurationFile.MaxBytes + 1);
        }

        Assert.Contains("larger than 1 MiB", Assert.Throws<CommandException>(() => Read("s", "m")).Message, StringComparison.Ordinal);
        File.WriteAllText(UserFile, new string('\n', ConfigurationFile.MaxBytes));
        Assert.Equal(80, Read("s", "m").MaxPeers);
    }

    [Fact]
    public void Variables_of_ours_that_name_no_option_are_told_of_only_where_much_is_told()
    {
        _variables["BTFS_FROBNICATE"] = "1";
        _variables[StatusPipe.Variable] = "3";
        _variables["BTFS_MAX_PEERS"] = "4";

        Assert.Empty(Settled("s", "m").UnknownVariables);
        Assert.Equal(["BTFS_FROBNICATE"], Settled("--verbose", "s", "m").UnknownVariables);
    }

    [Fact]
    public void Other_commands_take_what_they_have_in_common_with_a_mount()
    {
        _variables["BTFS_DATA_DIRECTORY"] = "/elsewhere";
        _variables["BTFS_KEEP"] = "1";

        Assert.Equal(["--data-directory=/elsewhere"], Settled("cache", "clean").Words);
        Assert.Equal(["--data-directory=/elsewhere"], Settled("doctor").Words);
    }

    [Fact]
    public void Every_long_option_can_be_set_in_each_way() => Assert.All(SettingNames.Options, option =>
    {
        var name = option.Name[2..];
        Assert.Same(option, SettingNames.OptionOf(name));
        Assert.Same(option, SettingNames.OptionOf(name.Replace('-', '_')));
        Assert.Equal($"BTFS_{name.Replace('-', '_').ToUpperInvariant()}", SettingNames.VariableOf(option));
    });

    private MountRequest Read(params string[] arguments)
    {
        var settled = Settled(arguments);
        try
        {
            return MountRequestReader.Read(Root.Parse([.. settled.Words, .. arguments]));
        }
        catch (CommandException e)
        {
            throw settled.Explained(e);
        }
    }

    private SettledLine Settled(params string[] arguments) => new(Root.Parse(arguments), new SettingSources(_variables, SystemFile));

    private static Command Root => CommandLine.Root(new Terminal(TextWriter.Null, isTerminal: false), pipe: null);
}
