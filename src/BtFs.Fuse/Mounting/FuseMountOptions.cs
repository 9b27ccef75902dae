namespace BtFs.Fuse.Mounting;

/// <summary>How to mount. Every mount is <c>nosuid,nodev,noatime</c>, and <c>ro</c> unless it is <see cref="Writable"/>, whatever else is asked.</summary>
public sealed record FuseMountOptions
{
    /// <summary>Shown by <c>mount</c> and <c>df</c> as the source. Bytes that would confuse the mount table are replaced.</summary>
    public string FsName { get; init; } = "fuse";

    /// <summary>Shown as the type: <c>fuse.SUBTYPE</c>. Also tells our own stale mounts from those of others.</summary>
    public string? Subtype { get; init; }

    /// <summary>Lets other users in, root among them. Always goes with <see cref="DefaultPermissions"/>.</summary>
    public bool AllowOther { get; init; }

    /// <summary>The kernel checks modes and owners before it asks us.</summary>
    public bool DefaultPermissions { get; init; }

    /// <summary>Mounts over a directory that has something in it.</summary>
    public bool NonEmpty { get; init; }

    /// <summary>Programs may try to change something; the file system says what comes of it.</summary>
    public bool Writable { get; init; }

    /// <summary>Programs on the mount cannot be run.</summary>
    public bool NoExec { get; init; }

    /// <summary>Upper bound of the kernel's read-ahead in bytes; the kernel offers 128 KiB and goes only lower. <see langword="null"/>: what it offers.</summary>
    public int? MaxReadahead { get; init; }

    /// <summary>Threads that read the kernel's requests. <see langword="null"/>: one, or two with four cores or more.</summary>
    public int? Readers { get; init; }

    /// <summary>Measures the bounds of unmounting and the watch over interrupted readers.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>Always goes through <c>fusermount3</c>, as an ordinary user's mount does.</summary>
    internal bool ForceHelper { get; init; }

    /// <summary>Cuts a list as it follows <c>-o</c> into its words, without escapes.</summary>
    public static IReadOnlyList<string> WordsOf(string list) => MountWords.Split(list);

    /// <summary>Applies a list as it follows <c>-o</c>: words between commas, <c>\,</c> for a comma in a value.</summary>
    /// <exception cref="MountException">A word is not known, or its value is impossible (<see cref="MountFailure.UnknownOption"/>).</exception>
    public FuseMountOptions With(string list)
    {
        var options = this;
        foreach (var word in MountWords.Split(list))
        {
            if (!options.TryApply(word, out options))
            {
                throw new MountException(
                    MountFailure.UnknownOption, $"Unknown mount option '{word}'.", "See mount.fuse3(8) for the general options.");
            }
        }

        return options;
    }

    /// <summary>Applies one word of an option list, or says that it is not one of the general ones.</summary>
    /// <param name="word">Such as <c>ro</c> or <c>fsname=disk</c>, without escapes.</param>
    /// <param name="options">The options with the word applied, else these.</param>
    /// <exception cref="MountException">The word is known, but its value is impossible.</exception>
    public bool TryApply(string word, out FuseMountOptions options)
    {
        var applied = MountWords.Apply(this, word);
        options = applied ?? this;
        return applied is not null;
    }
}
