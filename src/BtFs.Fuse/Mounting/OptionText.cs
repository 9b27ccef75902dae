using System.Text;
using BtFs.Fuse.Abi;

namespace BtFs.Fuse.Mounting;

/// <summary>Mount options as text, the way the kernel and fusermount3 want them.</summary>
internal static class OptionText
{
    private const int MaxNameLength = 1000;

    /// <summary>Takes out of a name what would end an option or break a line of the mount table.</summary>
    public static string Sanitise(string name)
    {
        var clean = new StringBuilder(name.Length);
        foreach (var rune in name.EnumerateRunes())
        {
            if (clean.Length + rune.Utf16SequenceLength > MaxNameLength)
            {
                break;
            }

            clean.Append(Rune.IsControl(rune) || rune.Value is ',' or '\\' ? "_" : rune.ToString());
        }

        return clean.Length == 0 ? "fuse" : clean.ToString();
    }

    /// <summary>The data of mount(2).</summary>
    public static string ForKernel(FuseMountOptions options, int device)
    {
        const string RootMode = "40000";
        var text = $"fd={device},rootmode={RootMode},user_id={Libc.EffectiveUserId()},group_id={Libc.EffectiveGroupId()}";
        return text + string.Concat(Access(options).Select(word => "," + word));
    }

    /// <summary>The list after fusermount3's <c>-o</c>.</summary>
    public static string ForHelper(FuseMountOptions options)
    {
        List<string> words = [options.Writable ? "rw" : "ro", "nosuid", "nodev", "noatime", "fsname=" + Sanitise(options.FsName)];
        if (options.Subtype is { Length: > 0 } subtype)
        {
            words.Add("subtype=" + Sanitise(subtype));
        }

        if (options.NoExec)
        {
            words.Add("noexec");
        }

        words.AddRange(Access(options));
        return string.Join(',', words);
    }

    private static IEnumerable<string> Access(FuseMountOptions options)
    {
        if (options.AllowOther)
        {
            yield return "allow_other";
        }

        // Whoever lets others in has the modes checked, so that nobody sees more than they say.
        if (options.DefaultPermissions || options.AllowOther)
        {
            yield return "default_permissions";
        }
    }
}
