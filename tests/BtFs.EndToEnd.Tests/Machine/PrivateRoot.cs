using System.Globalization;

namespace BtFs.EndToEnd.Machine;

/// <summary>
/// This machine as it is, in which packages can be installed and people can mount without anybody noticing: its file system under a layer in memory,
/// with processes, mounts and a network (a loopback) of its own. It ends with the test, even when the test is killed. Root makes it.
/// </summary>
internal sealed class PrivateRoot : IAsyncDisposable
{
    private static readonly TimeSpan StartsWithin = TimeSpan.FromSeconds(10);

    /// <summary>Runs as the first process of the new root. /dev is as udev has it: everybody may open /dev/fuse.</summary>
    private const string Setup = """
        set -e
        cut -d ' ' -f 4 /proc/self/stat
        mount --make-rprivate /
        mkdir -p "$1/layer"
        mount -t tmpfs none "$1/layer"
        mkdir "$1/layer/upper" "$1/layer/work" "$1/layer/root"
        mount -t overlay overlay -o "lowerdir=/,upperdir=$1/layer/upper,workdir=$1/layer/work" "$1/layer/root"
        cd "$1/layer/root"
        mount -t proc none proc
        mount -t sysfs none sys
        mount -t tmpfs none dev
        mknod -m 666 dev/null c 1 3
        mknod -m 666 dev/zero c 1 5
        mknod -m 666 dev/random c 1 8
        mknod -m 666 dev/urandom c 1 9
        mknod -m 666 dev/tty c 5 0
        mknod -m 666 dev/fuse c 10 229
        ln -s /proc/self/fd dev/fd
        mkdir -m 1777 dev/shm
        mount -t tmpfs none run
        mount -t tmpfs -o mode=1777 none tmp
        mkdir -p ".$1" .before
        mount --bind "$1" ".$1"
        # Not a mere chroot: in that nobody may make namespaces for users.
        pivot_root . .before
        umount -l /.before
        rmdir /.before
        rm -f /etc/dpkg/dpkg.cfg.d/*
        ip link set lo up
        echo ready
        # The first process inherits those that go to the background, and nobody waits for them.
        exec env --ignore-signal=CHLD sleep infinity
        """;

    private readonly LeashedProcess _holder;
    private readonly string[] _enter;

    private PrivateRoot(LeashedProcess holder, int pid)
    {
        _holder = holder;
        _enter =
        [
            "--target", pid.ToString(CultureInfo.InvariantCulture), "--mount", "--pid", "--net", "--",
            "env", "-i", "PATH=/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL=C.UTF-8", "DEBIAN_FRONTEND=noninteractive",
        ];
    }

    /// <summary>Makes one in which this folder, and nothing else of what is mounted, is the one of the machine.</summary>
    public static async Task<PrivateRoot> MakeAsync(TemporaryFolder shared)
    {
        var holder = new LeashedProcess("unshare", "--mount", "--pid", "--net", "--fork", "--kill-child", "sh", "-c", Setup, "sh", shared.Path);
        await Eventually.TrueAsync("a root of its own", StartsWithin, () => holder.Log.Contains("ready") || HasFailed(holder));
        return new PrivateRoot(holder, int.Parse(holder.Log.Split('\n')[0], CultureInfo.InvariantCulture));
    }

    /// <summary>Runs a line of shell as root, with root's home.</summary>
    public Task<CommandResult> ShellAsync(string line) => new Command("nsenter", [.. _enter, "HOME=/root", "sh", "-c", line]).RunAsync();

    /// <summary>Runs a line of shell as an ordinary user, in a home of its own that is there after the first time.</summary>
    public Task<CommandResult> ShellAsync(int user, string line) => new Command("nsenter", [.. _enter, .. Become(user), line]).RunAsync();

    /// <summary>Starts a program as root that ends with the test.</summary>
    public LeashedProcess Start(params IEnumerable<string> words) => new("nsenter", [.. _enter, "HOME=/root", .. words]);

    public ValueTask DisposeAsync() => _holder.DisposeAsync();

    private static string[] Become(int user) =>
    [
        $"HOME=/home/{user}", "sh", "-c",
        // fusermount3 asks for the name of who calls.
        $"getent passwd {user} >/dev/null || echo user{user}:x:{user}:{user}::$HOME:/bin/sh >> /etc/passwd; "
            + $"mkdir -p $HOME && chown {user}:{user} $HOME && cd && exec setpriv --reuid {user} --regid {user} --clear-groups sh -c \"$1\"", "sh",
    ];

    private static bool HasFailed(LeashedProcess holder) =>
        holder.HasEnded ? throw new InvalidOperationException($"No root of its own could be made:\n{holder.Log}") : false;
}
