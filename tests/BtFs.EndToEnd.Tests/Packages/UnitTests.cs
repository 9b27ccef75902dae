using System.Net.Sockets;
using System.Text;

namespace BtFs.EndToEnd.Packages;

/// <summary>The installed systemd units, run as systemd runs them; the service manager is a socket here.</summary>
[Collection(InstalledPackage.Name)]
public sealed class UnitTests(InstalledPackage installed) : IDisposable
{
    private readonly Socket _manager = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified) { ReceiveTimeout = 20_000 };
    private readonly string _name = Guid.NewGuid().ToString("N")[..8];

    private string Notify => $"{installed.Shared}/{_name}";

    public void Dispose() => _manager.Dispose();

    [Fact]
    public async Task The_system_unit_says_ready_when_the_torrent_can_be_listed_and_stopping_when_it_goes()
    {
        _manager.Bind(new UnixDomainSocketEndPoint(Notify));
        var mountPoint = $"/srv/{_name}";
        var start = (await UnitAsync("system/btfs@.service", "ExecStart"))
            .Replace("${CACHE_DIRECTORY}", "/var/cache/btfs", StringComparison.Ordinal)
            .Replace("$OPTIONS", $"--{InstalledPackage.Peer}", StringComparison.Ordinal)
            .Replace("${SOURCE}", installed.Torrent, StringComparison.Ordinal)
            .Replace("${MOUNTPOINT}", mountPoint, StringComparison.Ordinal);
        (await installed.Root.ShellAsync($"mkdir -p {mountPoint} /var/cache/btfs")).Ok();

        // No HOME and no PATH, as services have it.
        await using var service = installed.Root.Start("env", "-i", $"NOTIFY_SOCKET={Notify}", "sh", "-c", $"exec {start}");
        var told = HearUntil("READY=1");
        Assert.Contains("STATUS=show is mounted at", told);
        await installed.AssertShownAsync(mountPoint);

        (await installed.Root.ShellAsync($"pkill -TERM -f '^/usr/bin/btfs.* {mountPoint}$'")).Ok();
        HearUntil("STOPPING=1");
        await Eventually.TrueAsync("the service ends", BtfsMount.EndsWithin, () => service.HasEnded);
        Assert.Equal(1, (await installed.Root.ShellAsync($"findmnt {mountPoint}")).ExitCode);
    }

    [Fact]
    public async Task A_unit_whose_torrent_cannot_be_read_never_says_ready_but_why()
    {
        _manager.Bind(new UnixDomainSocketEndPoint(Notify));

        var failed = await installed.Root.ShellAsync($"mkdir /srv/{_name} && NOTIFY_SOCKET={Notify} btfs -f /nowhere.torrent /srv/{_name}");

        Assert.Equal(3, failed.ExitCode);
        var told = HearUntil("STATUS=btfs: ");
        Assert.Contains("/nowhere.torrent", told);
        Assert.DoesNotContain("READY=1", told);
        Assert.Equal(0, _manager.Available);
    }

    [Fact]
    public async Task Systemd_finds_nothing_wrong_with_the_units_and_they_wait_for_ready()
    {
        var system = "/usr/lib/systemd/system/btfs@.service";
        var user = "/usr/lib/systemd/user/btfs-library.service";

        var verdict = (await installed.Root.ShellAsync($"systemd-analyze verify {system} && XDG_RUNTIME_DIR=/run systemd-analyze verify --user {user}")).Ok();

        Assert.DoesNotContain("btfs", verdict.Errors);
        Assert.Equal("notify", await UnitAsync("system/btfs@.service", "Type"));
        Assert.Equal("notify", await UnitAsync("user/btfs-library.service", "Type"));
    }

    [Fact]
    public async Task The_example_of_a_configuration_has_what_the_unit_asks_for()
    {
        (await installed.Root.ShellAsync("""
            . /usr/share/doc/btfs/examples/example.conf && test -n "$SOURCE" && test -n "$MOUNTPOINT" && test -n "$OPTIONS"
            """)).Ok();
    }

    /// <summary>What a unit says of something.</summary>
    private async Task<string> UnitAsync(string unit, string key) =>
        (await installed.Root.ShellAsync($"sed -n 's/^{key}=//p' /usr/lib/systemd/{unit}")).Ok().Text;

    /// <summary>All that was told, up to the first message that has this in it.</summary>
    private string HearUntil(string awaited)
    {
        var told = new StringBuilder();
        var bytes = new byte[8192];
        string message;
        do
        {
            message = Encoding.UTF8.GetString(bytes, 0, _manager.Receive(bytes));
            told.AppendLine(message);
        }
        while (!message.Contains(awaited, StringComparison.Ordinal));
        return told.ToString();
    }
}
