using System.IO.Hashing;
using System.Text;

namespace BtFs.Libraries;

/// <summary>Where a library remembers its torrents when the user does not say (XDG base directory specification).</summary>
internal static class LibraryPlace
{
    private const int LongestTail = 60;

    /// <summary>The folder, absolute; it need not exist.</summary>
    /// <param name="chosen"><c>--library</c>, or null.</param>
    /// <param name="mountPoint">The mount point, absolute: each has a library of its own.</param>
    /// <param name="variable">Reads the environment.</param>
    /// <param name="userId">The effective user.</param>
    /// <exception cref="CommandException">Nothing says where.</exception>
    public static string Find(string? chosen, string mountPoint, Func<string, string?> variable, uint userId)
    {
        if (chosen is not null)
        {
            return chosen;
        }

        var state = variable("XDG_STATE_HOME") is ['/', ..] given ? given
            : variable("HOME") is ['/', ..] home ? Path.Combine(home, ".local", "state")

            // mount(8), systemd and fstab start us as root with an empty environment.
            : userId == 0 ? "/var/lib"
            : throw new CommandException(ExitCode.System, "HOME", "is not set, so there is no place to remember the torrents", "Name one: --library=DIR");
        return Path.Combine(state, "btfs", "library", NameOf(mountPoint));
    }

    /// <summary>A name that a person recognises, and that no other path has.</summary>
    internal static string NameOf(string mountPoint)
    {
        var path = mountPoint.TrimEnd('/');
        var tail = new string([.. path.Select(letter => char.IsAsciiLetterOrDigit(letter) || letter is '.' or '_' ? letter : '-')]).Trim('-', '.');
        tail = tail.Length > LongestTail ? tail[^LongestTail..].TrimStart('-', '.') : tail;
        return $"{tail}-{XxHash3.HashToUInt64(Encoding.UTF8.GetBytes(path)):x16}".TrimStart('-');
    }
}
