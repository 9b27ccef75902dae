using System.Net;
using BtFs.Commands;
using BtFs.Doctor;
using BtFs.Engine;

namespace BtFs.Tests;

/// <summary>Each check of <c>btfs doctor</c>, on a system that is well and on one that is not.</summary>
public sealed class DoctorTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("btfs-doctor-test-").FullName;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Theory]
    [InlineData(Verdict.Ok, "6.12.1-arch1")]
    [InlineData(Verdict.Ok, "5.4.0-generic")]
    [InlineData(Verdict.Ok, "5.15+")]
    [InlineData(Verdict.Ok, "something else")]
    [InlineData(Verdict.Problem, "5.3.18")]
    [InlineData(Verdict.Problem, "4.19.0")]
    internal void The_kernel_is_new_enough_or_not(Verdict verdict, string release)
    {
        Write("proc/sys/kernel/osrelease", release + "\n");

        Assert.Equal(verdict, System().Kernel().Verdict);
    }

    [Fact]
    public void The_device_can_be_opened_or_not()
    {
        Assert.Equal((Verdict.Problem, "is not there"), (System().Device().Verdict, System().Device().Text));
        Write("dev/fuse", "");
        Assert.Equal(Verdict.Ok, System().Device().Verdict);
        File.Delete(At("dev/fuse"));
        Directory.CreateDirectory(At("dev/fuse"));
        Assert.Contains("cannot be opened", System().Device().Text, StringComparison.Ordinal);
    }

    [Fact]
    public void The_helper_is_there_with_its_rights_or_not()
    {
        Assert.Equal((Verdict.Problem, Verdict.Warning), (System().FuserMount().Verdict, System(isRoot: true).FuserMount().Verdict));
        Write("opt/fusermount3", "");
        Assert.Contains("is not setuid", System().FuserMount().Text, StringComparison.Ordinal);
        Assert.Equal((Verdict.Problem, Verdict.Warning), (System().FuserMount().Verdict, System(isRoot: true).FuserMount().Verdict));
        File.SetUnixFileMode(At("opt/fusermount3"), UnixFileMode.UserExecute | UnixFileMode.SetUser);
        Assert.Equal(Check.Ok("fusermount3", "/opt/fusermount3"), System().FuserMount());
    }

    [Theory]
    [InlineData("may be used by everybody", false, "# comment\n user_allow_other # yes\n")]
    [InlineData("may not be used: for that /etc/fuse.conf needs the line user_allow_other", false, "#user_allow_other\nmount_max = 1000\n")]
    [InlineData("may be used by root", true, "")]
    public void Others_may_be_let_in_or_not(string text, bool isRoot, string configuration)
    {
        Write("etc/fuse.conf", configuration);

        Assert.Equal(Check.Ok("allow_other", text), System(isRoot).AllowOther());
    }

    [Fact]
    public void AppArmor_stands_in_the_way_or_not()
    {
        Assert.Equal("is not in use", System().AppArmor().Text);
        Write("sys/module/apparmor/parameters/enabled", "Y\n");
        Assert.Equal("is in use and does not concern btfs", System().AppArmor().Text);
        Write("proc/sys/kernel/apparmor_restrict_unprivileged_userns", "1\n");
        Assert.Contains("user namespaces", System().AppArmor().Text, StringComparison.Ordinal);
        Write("etc/apparmor.d/fusermount3", "");
        Assert.Equal((Verdict.Warning, Verdict.Ok), (System().AppArmor().Verdict, System(isRoot: true).AppArmor().Verdict));
        Write("etc/apparmor.d/disable/fusermount3", "");
        Assert.Equal(Verdict.Ok, System().AppArmor().Verdict);
    }

    [Theory]
    [InlineData(Verdict.Ok, "/c, 20 GiB at most", true, true, true, 500)]
    [InlineData(Verdict.Ok, "/c, 5 GiB at most", true, true, true, 55)]
    [InlineData(Verdict.Warning, "nothing will be kept there", true, true, true, 50)]
    [InlineData(Verdict.Warning, "cannot free parts of a file", true, false, true, 500)]
    [InlineData(Verdict.Problem, "without sparse files", false, true, true, 500)]
    [InlineData(Verdict.Problem, "without locks", true, true, false, 500)]
    internal void The_cache_has_a_place_or_not(Verdict verdict, string text, bool holes, bool punch, bool locks, long free)
    {
        var check = CacheChecks.Of("/c", new CacheFinding(null, holes, punch, locks, free << 30, 1000L << 30), new CachePreference());

        Assert.Equal(verdict, check.Verdict);
        Assert.Contains(text, check.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_place_is_tried_and_left_as_it_was()
    {
        var good = CacheProbe.Look(At("not/yet/there"));
        Assert.Equal((null, true, true), (good.Trouble, good.HasHoles, good.CanLock));
        Assert.Empty(Directory.EnumerateFileSystemEntries(_root));
        Assert.NotNull(CacheProbe.Look("/proc/cache").Trouble);
        Assert.Equal(Verdict.Problem, CacheChecks.Of("/proc/cache", CacheProbe.Look("/proc/cache"), new CachePreference()).Verdict);
    }

    [Theory]
    [InlineData(Verdict.Ok, "none")]
    [InlineData(Verdict.Ok, "/a", "/a", false)]
    [InlineData(Verdict.Warning, "the program of /b has died", "/a", false, "/b", true)]
    [InlineData(Verdict.Warning, "/b does not answer", "/a", false, "/b", null)]
    internal void Mounts_are_alive_or_not(Verdict verdict, string text, params object?[] mounts)
    {
        var check = MountChecks.Of([.. mounts.Chunk(2).Select(pair => ((string)pair[0]!, (bool?)pair[1]))]);

        Assert.Equal((verdict, text), (check.Verdict, check.Text));
    }

    [Theory]
    [InlineData(Verdict.Ok, 2026)]
    [InlineData(Verdict.Warning, 1970)]
    [InlineData(Verdict.Warning, 2101)]
    internal void The_clock_can_be_right_or_not(Verdict verdict, int year)
    {
        var built = new DateTimeOffset(2026, 6, 1, 0, 0, 0, TimeSpan.Zero);

        Assert.Equal(verdict, ClockCheck.Of(new DateTimeOffset(year, 6, 1, 0, 0, 0, TimeSpan.Zero), built).Verdict);
    }

    [Theory]
    [InlineData(Verdict.Ok, "UPnP", "203.0.113.5")]
    [InlineData(Verdict.Ok, "PCP", null)]
    [InlineData(Verdict.Warning, "PCP", "100.64.0.9")]
    [InlineData(Verdict.Warning, "PCP", "192.168.7.1")]
    [InlineData(Verdict.Warning, null, null)]
    internal void The_gateway_lets_peers_in_or_not(Verdict verdict, string? protocol, string? outer) => Assert.Equal(
        verdict,
        NetworkChecks.Gateway(new GatewayFinding(IPAddress.Parse("10.0.0.1"), protocol, 6881, outer is null ? null : IPAddress.Parse(outer))).Verdict);

    [Fact]
    public void The_network_answers_or_not()
    {
        Assert.Equal((Verdict.Ok, Verdict.Warning), (NetworkChecks.Dht(3).Verdict, NetworkChecks.Dht(0).Verdict));
        Assert.Equal(Verdict.Ok, NetworkChecks.Gateway(null).Verdict);
        Assert.Contains("knows 3 seeds and 2 leechers", NetworkChecks.Tracker(new TrackerFinding("udp://t:1", 3, 2, null)).Text, StringComparison.Ordinal);
        Assert.Equal(Verdict.Warning, NetworkChecks.Tracker(new TrackerFinding("udp://t:1", 0, 0, "no answer")).Verdict);
    }

    [Fact]
    public void What_killed_mounts_left_is_told()
    {
        Assert.Equal(Verdict.Ok, CacheChecks.LeftIn([]).Verdict);
        var left = new CachedTorrent(default, "00", null, 1 << 20, 0, null, CacheRetention.UntilClosed, false, null, default);
        Assert.Contains("1 torrents of killed mounts, 1 MiB", CacheChecks.LeftIn([left]).Text, StringComparison.Ordinal);
        Assert.Equal(Verdict.Ok, CacheChecks.LeftIn([left with { IsInUse = true }, left with { Retention = CacheRetention.Pinned }]).Verdict);
    }

    private SystemChecks System(bool isRoot = false) => new(_root, isRoot, "/opt");

    private string At(string file) => Path.Combine(_root, file);

    private void Write(string file, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(At(file))!);
        File.WriteAllText(At(file), text);
    }
}
