using System.Text;
using BtFs.Engine;
using BtFs.Fuse;
using BtFs.Mount.Branches;
using BtFs.Mount.Branches.Libraries;
using BtFs.Mount.Control;
using BtFs.Mount.Scanning;
using BtFs.Protocol.Metainfo;

namespace BtFs.Mount;

/// <summary>A mount of many torrents: a folder for each, which come and go while it is used. Safe from any thread.</summary>
/// <remarks>Dispose it after the mount is gone.</remarks>
public sealed class MountedLibrary : IDisposable
{
    /// <summary>Torrents of one name that keep their numbers from one mount to the next.</summary>
    private const int MostNumbered = 1000;

    private readonly Lock _changing = new();
    private readonly Dictionary<string, Member> _members = [];
    private readonly LibraryBranch _root;
    private readonly TreePresentation _shown;

    /// <param name="keeper">Hears what those who use the mount want.</param>
    /// <param name="shown">Whose files these are.</param>
    /// <param name="time">Measures the bound that the kernel may set for answers, and dates the folder.</param>
    /// <param name="scans">Bounds programs that look into every file; null for the usual ones and nobody who hears of them.</param>
    /// <param name="control">What is in the <c>.btfs</c> folder besides <c>control</c>.</param>
    public MountedLibrary(
        ILibraryKeeper keeper, TreePresentation shown, TimeProvider time, ScanLedger? scans = null, params IReadOnlyList<ControlDocument> control)
    {
        _shown = shown;
        _root = new LibraryBranch(keeper, shown, time);
        FileSystem = new MountedFileSystem(_root, time, scans);
        FileSystem.AttachControl([.. control, new ControlFile(keeper)], shown);
    }

    /// <summary>What to mount; writable, or nothing can be dropped into it.</summary>
    public MountedFileSystem FileSystem { get; }

    /// <summary>The name of a torrent's folder: its own, made safe to show, with a number if another has that.</summary>
    /// <param name="torrent">What it says of itself.</param>
    /// <param name="isTaken">Whether another torrent has a name.</param>
    public static string NameOf(InfoDictionary torrent, Predicate<string> isTaken)
    {
        var clean = FileNames.Clean(torrent.Name.Span);
        var name = clean;
        for (var number = 2; name == ControlBranch.FolderNameText || isTaken(name); number++)
        {
            name = FileNames.Numbered(clean, number);
        }

        return name;
    }

    /// <summary>Whether a name is one that <see cref="NameOf"/> gives that torrent, or gave it when others had better ones.</summary>
    public static bool MayBeNamed(InfoDictionary torrent, string name)
    {
        var clean = FileNames.Clean(torrent.Name.Span);
        for (var number = 1; number <= MostNumbered; number++)
        {
            if (name == (number == 1 ? clean : FileNames.Numbered(clean, number)))
            {
                return name != ControlBranch.FolderNameText;
            }
        }

        return false;
    }

    /// <summary>Shows a torrent from now on.</summary>
    /// <param name="name">The name of its folder, from <see cref="NameOf"/>.</param>
    /// <param name="tree">From <see cref="FileTree.OfFolder"/>.</param>
    /// <param name="content">Gives the bytes.</param>
    /// <exception cref="ArgumentException">There is a folder of that name.</exception>
    public void Add(string name, FileTree tree, ITorrentContent content)
    {
        var ended = new CancellationTokenSource();
        var branch = new TorrentBranch(tree, content, _shown, ended.Token);
        lock (_changing)
        {
            _members.Add(name, new Member(branch, ended));
            FileSystem.Attach(branch);
            _root.Show(Encoding.UTF8.GetBytes(name), branch);
        }
    }

    /// <summary>Shows a torrent no longer. Whoever reads its files fails with EIO, at once, before this returns or soon after.</summary>
    /// <param name="name">The name of its folder; one that is not there is no mistake.</param>
    public void Remove(string name)
    {
        Member? member;
        lock (_changing)
        {
            if (!_members.Remove(name, out member))
            {
                return;
            }

            _root.Hide(Encoding.UTF8.GetBytes(name));
            FileSystem.Detach(member.Branch);
        }

        // Not disposed: what is still open looks at it.
        member.Ended.Cancel();
    }

    /// <inheritdoc/>
    public void Dispose() => FileSystem.Dispose();

    private sealed record Member(TorrentBranch Branch, CancellationTokenSource Ended);
}
