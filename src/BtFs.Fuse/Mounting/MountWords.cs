using System.Globalization;
using System.Text;

namespace BtFs.Fuse.Mounting;

/// <summary>The words of <c>-o</c> that every FUSE file system understands (mount.fuse3(8), mount(8)).</summary>
internal static class MountWords
{
    /// <summary>
    /// Words that change nothing here: what a read-only mount for one purpose is anyway, what mount(8) and its helpers add on their own
    /// (<c>dev,suid</c> for root), and what is meant for fstab and systemd. <c>suid</c> and <c>dev</c> do not win over nosuid and nodev.
    /// </summary>
    private static readonly HashSet<string> Accepted =
    [
        "ro", "rw", "suid", "nosuid", "dev", "nodev", "exec", "atime", "noatime", "diratime", "nodiratime", "relatime", "norelatime", "strictatime",
        "nostrictatime", "lazytime", "nolazytime", "sync", "async", "dirsync", "defaults", "user", "nouser", "users", "owner", "group", "auto", "noauto",
        "nofail", "_netdev", "silent", "loud", "auto_unmount",
    ];

    private static readonly string[] AcceptedPrefixes = ["x-", "X-", "comment="];

    public static FuseMountOptions? Apply(FuseMountOptions options, string word)
    {
        var equals = word.IndexOf('=', StringComparison.Ordinal);
        var (name, value) = equals < 0 ? (word, null) : (word[..equals], word[(equals + 1)..]);
        return (name, value) switch
        {
            ("allow_other", null) => options with { AllowOther = true, DefaultPermissions = true },
            ("default_permissions", null) => options with { DefaultPermissions = true },
            ("nonempty", null) => options with { NonEmpty = true },
            ("noexec", null) => options with { NoExec = true },
            ("fsname", not null) => options with { FsName = value },
            ("subtype", not null) => options with { Subtype = value },
            ("max_readahead", not null) => options with { MaxReadahead = ParseBytes(word, value) },
            _ => Accepted.Contains(word) || Array.Exists(AcceptedPrefixes, p => word.StartsWith(p, StringComparison.Ordinal)) ? options : null,
        };
    }

    /// <summary>Cuts a list at its commas; a backslash takes the next character as it is. Empty words are dropped.</summary>
    public static IReadOnlyList<string> Split(string list)
    {
        var words = new List<string>();
        var word = new StringBuilder();
        for (var i = 0; i < list.Length; i++)
        {
            if (list[i] == '\\' && i + 1 < list.Length)
            {
                word.Append(list[++i]);
            }
            else if (list[i] == ',')
            {
                EndWord();
            }
            else
            {
                word.Append(list[i]);
            }
        }

        EndWord();
        return words;

        void EndWord()
        {
            if (word.Length > 0)
            {
                words.Add(word.ToString());
                word.Clear();
            }
        }
    }

    private static int ParseBytes(string word, string value) =>
        int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var bytes)
            ? bytes
            : throw new MountException(MountFailure.UnknownOption, $"Mount option '{word}' needs a number of bytes.", "Give a whole number, such as max_readahead=131072.");
}
