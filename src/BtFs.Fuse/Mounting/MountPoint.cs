using System.Runtime.InteropServices;
using BtFs.Fuse.Abi;

namespace BtFs.Fuse.Mounting;

/// <summary>A directory that has been found fit to be mounted on.</summary>
internal sealed unsafe class MountPoint
{
    private const string TypePrefix = "fuse.";

    private MountPoint(string path) => Path = path;

    /// <summary>Absolute and free of symbolic links, as the mount table shows it.</summary>
    public string Path { get; }

    /// <summary>The type a mount with these options has in the mount table.</summary>
    public static string TypeOf(FuseMountOptions options) =>
        options.Subtype is { Length: > 0 } subtype ? TypePrefix + OptionText.Sanitise(subtype) : "fuse";

    /// <summary>Looks at a directory.</summary>
    /// <param name="directory">As the user wrote it.</param>
    /// <param name="options">Whether it may hold something, and what our own mounts look like.</param>
    /// <param name="staleAt">Set if a dead mount of our own kind is there, to be detached before this is asked again.</param>
    /// <exception cref="MountException">It cannot be mounted on.</exception>
    public static MountPoint? TryFind(string directory, FuseMountOptions options, out string? staleAt)
    {
        staleAt = null;
        var path = Resolve(directory);
        var kind = KindOf(path, out var error);
        var isOurs = MountTable.TopAt(path)?.Type == TypeOf(options);
        if (error == Errno.ENOTCONN && isOurs)
        {
            staleAt = path;
            return null;
        }

        if (error != Errno.None)
        {
            throw Refusal(directory, path, error);
        }

        if (kind != NodeKind.Directory)
        {
            throw new MountException(MountFailure.NotADirectory, $"{directory} is not a directory.", "Give an empty directory.");
        }

        if (isOurs)
        {
            throw new MountException(
                MountFailure.AlreadyMounted, $"{directory} is mounted already.", $"Unmount it first: fusermount3 -u '{path}'");
        }

        RefuseIfNotEmpty(directory, path, options);
        return new MountPoint(path);
    }

    public static MountException Stale(string directory) =>
        new(MountFailure.Stale, $"{directory} is a mount whose program has died.", $"Clear it away with: fusermount3 -uz '{System.IO.Path.GetFullPath(directory)}'");

    /// <summary>Follows symbolic links. The last component may be a dead mount, which cannot even be looked at.</summary>
    internal static string Resolve(string directory)
    {
        var full = System.IO.Path.TrimEndingDirectorySeparator(System.IO.Path.GetFullPath(directory));
        if (RealPath(full) is { } real)
        {
            return real;
        }

        var parent = System.IO.Path.GetDirectoryName(full);
        return parent is not null && RealPath(parent) is { } realParent
            ? System.IO.Path.Combine(realParent, System.IO.Path.GetFileName(full))
            : full;
    }

    private static string? RealPath(string path)
    {
        var resolved = Libc.ResolvePath(path, null);
        var text = Marshal.PtrToStringUTF8((nint)resolved);
        Libc.Free(resolved);
        return text;
    }

    /// <summary>What a path is, as the file system behind it says.</summary>
    internal static NodeKind KindOf(string path, out Errno error)
    {
        ExtendedStatus status;
        error = Libc.Status(Libc.CurrentDirectory, path, 0, Libc.StatusType, &status) < 0 ? Libc.LastError : Errno.None;
        return error == Errno.None ? status.Kind : default;
    }

    private static void RefuseIfNotEmpty(string directory, string path, FuseMountOptions options)
    {
        try
        {
            if (!options.NonEmpty && Directory.EnumerateFileSystemEntries(path).Any())
            {
                throw new MountException(
                    MountFailure.NotEmpty, $"{directory} is not empty.", "Choose an empty directory, or mount over its contents with -o nonempty.");
            }
        }
        catch (UnauthorizedAccessException)
        {
            throw Refusal(directory, path, Errno.EACCES);
        }
    }

    private static MountException Refusal(string directory, string path, Errno error) => error switch
    {
        Errno.ENOENT => new(MountFailure.MountPointMissing, $"{directory} does not exist.", $"Create it first: mkdir -p '{path}'"),
        Errno.ENOTDIR => new(MountFailure.NotADirectory, $"{directory} leads through something that is not a directory.", "Check the path."),
        Errno.ENOTCONN => Stale(directory),
        _ => new(MountFailure.Denied, $"{directory} cannot be looked into ({error}).", "Choose a directory that belongs to you."),
    };
}
