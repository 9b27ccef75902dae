using System.Globalization;

namespace BtFs.Doctor;

/// <summary>What the system brings along for mounting, from its files.</summary>
/// <param name="root">The directory that has <c>/dev</c>, <c>/etc</c>, <c>/proc</c> and so on.</param>
/// <param name="isRoot">Whether this user may mount without help.</param>
/// <param name="path">The PATH.</param>
internal sealed class SystemChecks(string root, bool isRoot, string path)
{
    private const string Helper = "fusermount3";

    private static readonly Version LeastKernel = new(5, 4);

    /// <summary>Looks at everything.</summary>
    public IEnumerable<Check> All() => [Kernel(), Device(), FuserMount(), AllowOther(), AppArmor()];

    /// <summary>The kernel's version.</summary>
    public Check Kernel()
    {
        const string Name = "kernel";
        var release = Read("proc/sys/kernel/osrelease")?.Trim() ?? "";
        var numbers = release.Split('.', 3);
        var digits = numbers.Length < 2 ? "" : new string([.. numbers[1].TakeWhile(char.IsAsciiDigit)]);
        return Version.TryParse($"{numbers[0]}.{digits}", out var version) && version < LeastKernel
            ? Check.Problem(Name, $"Linux {release} is too old", "Linux 5.4 or newer is needed.")
            : Check.Ok(Name, release.Length > 0 ? $"Linux {release}" : "its version is not told");
    }

    /// <summary>The device of FUSE.</summary>
    public Check Device()
    {
        const string Name = "/dev/fuse";
        try
        {
            using var device = File.OpenHandle(At("dev/fuse"), FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
            return Check.Ok(Name, "can be opened");
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return Check.Problem(Name, "is not there", "Load the module: modprobe fuse. In a container, pass --device /dev/fuse.");
        }
        catch (UnauthorizedAccessException) when (!isRoot && File.Exists(At("dev/fuse")))
        {
            return Check.Problem(Name, "may not be opened by this user", "Have it opened to all: chmod 666 /dev/fuse, as udev usually does.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return Check.Problem(Name, $"cannot be opened ({e.Message.TrimEnd('.')})", "Load the module: modprobe fuse. In a container, pass --device /dev/fuse.");
        }
    }

    /// <summary>The program that mounts for ordinary users.</summary>
    public Check FuserMount()
    {
        var file = path.Split(':', StringSplitOptions.RemoveEmptyEntries).Concat(["/bin", "/usr/bin"])
            .Select(folder => Path.Join(folder, Helper))
            .FirstOrDefault(candidate => File.Exists(At(candidate)));
        if (file is null)
        {
            return isRoot
                ? Check.Warning(Helper, "is not there: only root can mount", "Install the package fuse3.")
                : Check.Problem(Helper, "is not there, and only root can mount without it", "Install the package fuse3.");
        }

        if (new FileInfo(At(file)).UnixFileMode.HasFlag(UnixFileMode.SetUser))
        {
            return Check.Ok(Helper, file);
        }

        var remedy = $"Install the package fuse3 again, or: chmod u+s {file}";
        return isRoot
            ? Check.Warning(Helper, $"{file} is not setuid: only root can mount", remedy)
            : Check.Problem(Helper, $"{file} is not setuid, so it may not mount either", remedy);
    }

    /// <summary>Whether ordinary users may let others in.</summary>
    public Check AllowOther()
    {
        const string Name = "allow_other";
        var allows = (Read("etc/fuse.conf") ?? "").Split('\n').Any(line => line.Split('#')[0].Trim() == "user_allow_other");
        return Check.Ok(Name, (allows, isRoot) switch
        {
            (true, _) => "may be used by everybody",
            (false, true) => "may be used by root",
            _ => "may not be used: for that /etc/fuse.conf needs the line user_allow_other",
        });
    }

    /// <summary>What AppArmor keeps from who is not root.</summary>
    public Check AppArmor()
    {
        const string Name = "AppArmor";
        if (Read("sys/module/apparmor/parameters/enabled")?.Trim() != "Y")
        {
            return Check.Ok(Name, "is not in use");
        }

        // Who is not root cannot read which profiles are loaded; what lies there is loaded at the start.
        if (!isRoot && File.Exists(At($"etc/apparmor.d/{Helper}")) && !Path.Exists(At($"etc/apparmor.d/disable/{Helper}")))
        {
            return Check.Warning(Name, $"has a profile for {Helper}, which mounts only in some places", $"Mount below your home, /mnt, /media or /tmp; /etc/apparmor.d/{Helper} lists them.");
        }

        return Read("proc/sys/kernel/apparmor_restrict_unprivileged_userns")?.Trim() == "1"
            ? Check.Ok(Name, "is in use; in user namespaces, as of rootless containers, mounting may be refused")
            : Check.Ok(Name, "is in use and does not concern btfs");
    }

    private string At(string file) => Path.Join(root, file);

    private string? Read(string file)
    {
        try
        {
            return File.ReadAllText(At(file));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
