namespace BtFs.EndToEnd;

/// <summary>Machines without IPv4, or without any network: each test has a network namespace of its own. Root runs these.</summary>
public sealed class IPv6OnlyTests : IDisposable
{
    private const string Tracker = "fd77::1";
    private const string Seed = "fd77::2";
    private static readonly TimeSpan Within = TimeSpan.FromSeconds(40);

    private readonly TemporaryFolder _folder = new();
    private readonly TorrentFixture _torrent;
    private readonly BtfsPlaces _places;

    public IPv6OnlyTests()
    {
        _torrent = TorrentFixture.Make(_folder, "over six", 32_768, new FileShape("a.txt", 100), new FileShape("b/c.bin", 700_000));
        _places = BtfsPlaces.In(_folder);
    }

    public void Dispose()
    {
        // Only where a test failed is there anything left: the program in the background, which no killed script ends.
        foreach (var pid in _places.Processes())
        {
            Signals.Send(pid, Signals.Kill);
        }

        if (MountTable.Has(_places.MountPoint))
        {
            using var detach = System.Diagnostics.Process.Start("fusermount3", ["-u", "-z", _places.MountPoint]);
            detach.WaitForExit(TimeSpan.FromSeconds(5));
        }

        _folder.Dispose();
    }

    [Theory]
    [InlineData("tracker")]
    [InlineData("magnet by tracker")]
    [InlineData("named peer")]
    public async Task On_a_machine_without_IPv4_a_seed_is_found_and_the_mount_reads(string how)
    {
        var url = $"http://[{Tracker}]:7001/announce";
        var announced = _torrent.WithTracker(url);
        var source = how switch
        {
            "tracker" => announced,
            "magnet by tracker" => _torrent.MagnetByTracker(url),
            _ => _torrent.Magnet(System.Net.IPEndPoint.Parse($"[{Seed}]:7002")),
        };

        // The peers have a pipe for their stdin, and end with it, so nothing outlives the script, however it ends.
        (await InNamespaceAsync($$"""
            ip link set lo up && ip -4 addr flush dev lo && ip -6 addr add {{Tracker}}/128 dev lo && ip -6 addr add {{Seed}}/128 dev lo || exit 90
            test -z "$(ip -4 addr)" || exit 91
            peers={{AppContext.BaseDirectory}}Peers
            mkfifo {{_folder.At("ask")}} {{_folder.At("answer")}} {{_folder.At("leash")}}
            /usr/bin/python3 $peers/leash.py /usr/bin/python3 $peers/tracker.py {{Tracker}} 7001 < {{_folder.At("leash")}} > {{_folder.At("log")}} 2>&1 &
            exec 7> {{_folder.At("leash")}}
            until /usr/bin/python3 -c 'import socket; socket.create_connection(("{{Tracker}}", 7001), 1)' 2> /dev/null; do :; done
            /usr/bin/python3 $peers/seed.py '[{{Seed}}]:7002' < {{_folder.At("ask")}} > {{_folder.At("answer")}} 7>&- &
            exec 8> {{_folder.At("ask")}} 9< {{_folder.At("answer")}}
            read -r hello <&9
            echo '{"do": "add", "torrent": "{{announced}}", "folder": "{{_torrent.SaveFolder}}", "paths": [null, null]}' >&8
            read -r added <&9
            timeout 10 sh -c 'until grep -q GET {{_folder.At("log")}}; do :; done' || exit 92
            {{BtfsProgram.Path}} --no-dht '{{source}}' '{{_places.MountPoint}}' 7>&- 8>&- 9<&- || exit 93
            cmp "{{_places.MountPoint}}/over six/b/c.bin" '{{_torrent.Disk(1)}}'; same=$?
            fusermount3 -u '{{_places.MountPoint}}' && exit $same
            """)).Ok();
        await _places.AssertNothingLeftAsync();
    }

    [Fact]
    public async Task On_a_machine_without_any_network_names_are_shown_a_read_ends_and_so_does_the_mount()
    {
        (await InNamespaceAsync($$"""
            {{BtfsProgram.Path}} --no-dht --read-timeout=2 '{{_torrent.WithTracker("udp://192.0.2.1:6969/announce")}}' '{{_places.MountPoint}}' || exit 93
            test "$(ls '{{_places.MountPoint}}/over six')" = "a.txt
            b" || exit 94
            cat '{{_places.MountPoint}}/over six/a.txt' 2> /dev/null && exit 95
            fusermount3 -u '{{_places.MountPoint}}'
            """)).Ok();
        await _places.AssertNothingLeftAsync();
    }

    /// <summary>Runs a script as root in a new network namespace, which ends with the last process in it.</summary>
    private Task<CommandResult> InNamespaceAsync(string script) => _places.Start().Environment
        .Where(variable => variable.Key.StartsWith("XDG_", StringComparison.Ordinal) || variable.Key is "HOME" or "TMPDIR" or "DOTNET_EnableDiagnostics")
        .Aggregate(new Command("unshare", "-n", "bash", "-c", script), (command, variable) => command.With(variable.Key, variable.Value))
        .Within(Within)
        .RunAsync();
}
