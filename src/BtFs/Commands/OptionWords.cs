using System.Globalization;
using BtFs.Fuse.Mounting;
using BtFs.Mount;
using BtFs.Running;
using BtFs.Settings;

namespace BtFs.Commands;

/// <summary>The words after <c>-o</c>: <c>uid=</c>, <c>gid=</c>, <c>umask=</c>, <c>fmask=</c>, <c>dmask=</c>, <c>allow_root</c>, <c>rw</c> and <c>debug</c> are ours, the rest is the FUSE layer's.</summary>
internal sealed class OptionWords
{
    /// <summary>Stands for the name of the torrent, as long as nobody chose another.</summary>
    public const string NoFsName = "";

    private const string Unknown = "unknown mount option";
    private const ushort PermissionBits = 0x1ff; // 0777
    private const ushort BitsOfOthers = 0x3f; // 0077

    private bool _allowsRoot;

    /// <exception cref="CommandException">A word is unknown.</exception>
    /// <exception cref="MountException">A value makes no sense.</exception>
    /// <param name="lists">Each as it follows <c>-o</c>.</param>
    public OptionWords(IEnumerable<string> lists)
    {
        foreach (var word in lists.SelectMany(FuseMountOptions.WordsOf))
        {
            if (!TryApply(word) && !MountWordSettings.IsOurs(word))
            {
                Fuse = Fuse.TryApply(word, out var applied)
                    ? applied
                    : throw new CommandException(ExitCode.Usage, $"-o {word}", Unknown, "Try: btfs --help-fuse");
            }
        }

        if (_allowsRoot)
        {
            // The kernel lets everybody ask, and then looks at the modes: root passes those.
            Fuse = Fuse with { AllowOther = true, DefaultPermissions = true };
            Shown = Shown with { FileMask = (ushort)(Shown.FileMask | BitsOfOthers), FolderMask = (ushort)(Shown.FolderMask | BitsOfOthers) };
        }
    }

    public FuseMountOptions Fuse { get; private set; } = new() { Subtype = "btfs", FsName = NoFsName };

    public TreePresentation Shown { get; private set; } = new() { UserId = LibC.UserId, GroupId = LibC.GroupId };

    /// <summary>Whether a word means something, whatever its value is worth.</summary>
    public static bool Knows(string word)
    {
        try
        {
            _ = new OptionWords([word.Replace("\\", "\\\\", StringComparison.Ordinal).Replace(",", "\\,", StringComparison.Ordinal)]);
            return true;
        }
        catch (CommandException e) when (e.Reason == Unknown)
        {
            return false;
        }
        catch (Exception e) when (e is CommandException or MountException)
        {
            return true;
        }
    }

    public bool Debug { get; private set; }

    /// <summary>Whether <c>rw</c> is among them.</summary>
    public bool ReadWrite { get; private set; }

    private bool TryApply(string word)
    {
        switch (word.Split('=', 2))
        {
            case ["debug"]:
                Debug = true;
                return true;
            case ["allow_root"]:
                _allowsRoot = true;
                return true;
            case ["rw"]:
                ReadWrite = true;
                return true;
            case ["uid", var uid]:
                Shown = Shown with { UserId = Id(word, uid) };
                return true;
            case ["gid", var gid]:
                Shown = Shown with { GroupId = Id(word, gid) };
                return true;
            case ["umask", var umask]:
                Shown = Shown with { FileMask = Mask(word, umask), FolderMask = Mask(word, umask) };
                return true;
            case ["fmask", var mask]:
                Shown = Shown with { FileMask = Mask(word, mask) };
                return true;
            case ["dmask", var mask]:
                Shown = Shown with { FolderMask = Mask(word, mask) };
                return true;
            default:
                return false;
        }
    }

    private static uint Id(string word, string digits) => uint.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var id)
        ? id
        : throw new CommandException(ExitCode.Usage, $"-o {word}", "an id is a number");

    private static ushort Mask(string word, string octal)
    {
        var isOctal = octal.Length is > 0 and <= 4 && !octal.AsSpan().ContainsAnyExceptInRange('0', '7');
        var mask = isOctal ? Convert.ToInt32(octal, 8) : int.MaxValue;
        return mask <= PermissionBits ? (ushort)mask : throw new CommandException(ExitCode.Usage, $"-o {word}", "a mask is octal, from 000 to 777");
    }
}
