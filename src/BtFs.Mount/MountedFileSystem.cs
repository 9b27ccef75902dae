using BtFs.Engine;
using BtFs.Fuse;
using BtFs.Fuse.Replies;
using BtFs.Mount.Branches;
using BtFs.Mount.Control;
using BtFs.Mount.Scanning;

namespace BtFs.Mount;

/// <summary>What is mounted, as the kernel sees it: a root and what hangs from it, each a <see cref="Branch"/> that answers for its own nodes.</summary>
/// <remarks>Safe from any thread. Dispose it after the mount is gone.</remarks>
public sealed class MountedFileSystem : FuseFileSystem, IDisposable
{
    private readonly OpenFiles _open = new();
    private readonly TimeProvider _time;
    private readonly Lock _growing = new();
    private Branch?[] _branches;
    private ControlBranch? _control;
    private TimeSpan? _answerWithin;

    /// <param name="root">What is to be seen at the mount point.</param>
    /// <param name="time">Measures the bound that the kernel may set for answers.</param>
    /// <param name="scans">Bounds programs that look into every file; null for the usual ones and nobody who hears of them.</param>
    internal MountedFileSystem(Branch root, TimeProvider time, ScanLedger? scans = null)
    {
        _branches = [root];
        _time = time;
        Scans = scans ?? new ScanLedger(new ProgramRules(), time);
        root.Scans = Scans;
    }

    /// <summary>Which programs scan this mount, and what they have had.</summary>
    public ScanLedger Scans { get; }

    /// <summary>One torrent: its file, or the folder with its name, at the mount point.</summary>
    /// <param name="tree">Laid out from <paramref name="content"/>'s info dictionary.</param>
    /// <param name="content">Gives the bytes.</param>
    /// <param name="shown">Whose files these are.</param>
    /// <param name="time">Measures the bound that the kernel may set for answers.</param>
    /// <param name="scans">Bounds programs that look into every file; null for the usual ones and nobody who hears of them.</param>
    /// <param name="control">What is in the <c>.btfs</c> folder; none makes no such folder.</param>
    public static MountedFileSystem OfTorrent(
        FileTree tree, ITorrentContent content, TreePresentation shown, TimeProvider time, ScanLedger? scans = null, params IReadOnlyList<ControlDocument> control)
    {
        var mounted = new MountedFileSystem(new TorrentBranch(tree, content, shown), time, scans);
        if (control.Count > 0)
        {
            mounted.AttachControl(control, shown);
        }

        return mounted;
    }

    /// <summary>Gives the mount its <c>.btfs</c> folder. Before it is mounted.</summary>
    internal void AttachControl(IReadOnlyList<IControlEntry> entries, TreePresentation shown)
    {
        _control = new ControlBranch(entries, shown, _time);
        Attach(_control);
    }

    /// <summary>Hangs a branch into the mount. Nothing leads to it until a folder of another branch does.</summary>
    internal void Attach(Branch branch)
    {
        lock (_growing)
        {
            branch.Number = _branches.Length;
            branch.Scans = Scans;
            Volatile.Write(ref _branches, [.. _branches, branch]);
        }
    }

    /// <summary>Takes a branch out: its nodes are stale from now on. What is open of it stays so, and fails by itself.</summary>
    internal void Detach(Branch branch)
    {
        lock (_growing)
        {
            Branch?[] left = [.. _branches];
            left[branch.Number] = null;
            Volatile.Write(ref _branches, left);
        }
    }

    /// <inheritdoc/>
    public override void Started(FuseConnection connection) => _answerWithin = connection.AnswerWithin;

    /// <inheritdoc/>
    public override Errno Lookup(in Caller caller, NodeId parent, ReadOnlySpan<byte> name, out NodeEntry entry)
    {
        if (_control is { } control && parent == NodeId.Root && name.SequenceEqual(ControlBranch.FolderName))
        {
            // First, so that no torrent can pass for it.
            entry = control.Top;
            return Errno.None;
        }

        entry = default;
        return Find(parent, out var folder)?.Lookup(caller, folder, name, out entry) ?? Errno.ESTALE;
    }

    /// <inheritdoc/>
    public override Errno GetAttributes(in Caller caller, NodeId node, out NodeAttributes attributes)
    {
        attributes = default;
        return Find(node, out var number)?.GetAttributes(caller, number, out attributes) ?? Errno.ESTALE;
    }

    /// <inheritdoc/>
    public override Errno ReadDirectory(in Caller caller, NodeId directory, ulong cookie, ref DirectoryWriter writer) =>
        Find(directory, out var folder)?.ReadDirectory(caller, folder, cookie, ref writer) ?? Errno.ESTALE;

    /// <inheritdoc/>
    public override Errno ReadLink(in Caller caller, NodeId node, out ReadOnlySpan<byte> target)
    {
        target = default;
        return Find(node, out var number)?.ReadLink(caller, number, out target) ?? Errno.ESTALE;
    }

    /// <inheritdoc/>
    public override Errno Open(in Caller caller, NodeId node, out OpenedFile opened)
    {
        opened = default;
        if (Find(node, out var number) is not { } branch)
        {
            return Errno.ESTALE;
        }

        var error = branch.Open(caller, number, out var file);
        return error == Errno.None ? Keep(file!, out opened) : error;
    }

    /// <inheritdoc/>
    public override Errno OpenForWriting(in Caller caller, NodeId node, out OpenedFile opened)
    {
        opened = default;
        if (Find(node, out var number) is not { } branch)
        {
            return Errno.ESTALE;
        }

        var error = branch.OpenForWriting(caller, number, out var file);
        return error == Errno.None ? Keep(file!, out opened) : error;
    }

    /// <inheritdoc/>
    public override Errno Create(
        in Caller caller, NodeId parent, ReadOnlySpan<byte> name, ushort permissions, out NodeEntry entry, out OpenedFile opened)
    {
        entry = default;
        opened = default;
        if (Find(parent, out var folder) is not { } branch)
        {
            return Errno.ESTALE;
        }

        var error = branch.Create(caller, folder, name, permissions, out entry, out var file);
        return error == Errno.None ? Keep(file!, out opened) : error;
    }

    /// <inheritdoc/>
    public override Errno Write(in WriteArguments arguments, ReadOnlySpan<byte> bytes) =>
        _open.TryGet(arguments.Handle, out var file) ? file.Write(arguments, bytes) : Errno.EBADF;

    /// <inheritdoc/>
    public override ValueTask<Errno> FlushAsync(Caller caller, NodeId node, ulong handle) =>
        _open.TryGet(handle, out var file) ? file.FlushAsync() : new(Errno.None);

    /// <inheritdoc/>
    public override Errno SetAttributes(in Caller caller, NodeId node, in AttributeChange change, out NodeAttributes attributes)
    {
        attributes = default;
        return Find(node, out var number)?.SetAttributes(caller, number, change, out attributes) ?? Errno.ESTALE;
    }

    /// <inheritdoc/>
    public override Errno RemoveFile(in Caller caller, NodeId parent, ReadOnlySpan<byte> name) =>
        Find(parent, out var folder)?.RemoveFile(caller, folder, name) ?? Errno.ESTALE;

    /// <inheritdoc/>
    public override ValueTask<Errno> RemoveDirectoryAsync(Caller caller, NodeId parent, ReadOnlyMemory<byte> name) =>
        Find(parent, out var folder)?.RemoveDirectoryAsync(folder, name) ?? new(Errno.ESTALE);

    /// <inheritdoc/>
    public override ValueTask<Errno> RenameAsync(Renaming renaming)
    {
        var from = Find(renaming.Parent, out var folder);
        var to = Find(renaming.NewParent, out var newFolder);
        if (from is null || to is null)
        {
            return new(Errno.ESTALE);
        }

        // Nothing is both: what can be taken away somewhere cannot be put elsewhere.
        return from == to ? from.RenameAsync(folder, renaming.Name, newFolder, renaming.NewName, renaming.MayReplace) : new(Errno.EROFS);
    }

    /// <inheritdoc/>
    public override Errno OpenDirectory(in Caller caller, NodeId directory, out bool keepsListing)
    {
        keepsListing = true;
        var root = Volatile.Read(ref _branches)[Branch.Root];
        if (root is not { ListingsChange: true })
        {
            return Errno.ENOSYS;
        }

        if (Find(directory, out _) is not { } branch)
        {
            return Errno.ESTALE;
        }

        keepsListing = !branch.ListingsChange;
        return Errno.None;
    }

    /// <inheritdoc/>
    public override void Release(NodeId node, ulong handle) => _open.Close(handle);

    /// <inheritdoc/>
    public override bool TryRead(in ReadArguments arguments, ReadReply reply)
    {
        if (_open.TryGet(arguments.Handle, out var file))
        {
            return file.TryRead(arguments, reply);
        }

        reply.Fail(Errno.EBADF);
        return true;
    }

    /// <inheritdoc/>
    public override async ValueTask ReadAsync(ReadArguments arguments, ReadReply reply, CancellationToken interrupted)
    {
        if (!_open.TryGet(arguments.Handle, out var file))
        {
            reply.Fail(Errno.EBADF);
            return;
        }

        using var late = _answerWithin is { } bound ? new CancellationTokenSource(bound, _time) : null;
        using var either = late is null ? null : CancellationTokenSource.CreateLinkedTokenSource(interrupted, late.Token);
        try
        {
            await file.ReadAsync(arguments, reply, either?.Token ?? interrupted);
        }
        catch (OperationCanceledException) when (late is { IsCancellationRequested: true } && !interrupted.IsCancellationRequested)
        {
            // The kernel would end the whole mount for one answer that comes too late.
            reply.Fail(Errno.EIO);
        }
    }

    /// <inheritdoc/>
    public override Errno GetStatistics(in Caller caller, out FileSystemStatistics statistics)
    {
        var usual = new FileSystemStatistics();
        var branches = Volatile.Read(ref _branches).OfType<Branch>().ToList();
        var blocks = BlocksOf(branches.Sum(branch => branch.TotalLength), usual.BlockSize);
        statistics = usual with
        {
            Blocks = blocks,

            // What is still missing is not used; but nobody may fill it, so none of it is available.
            FreeBlocks = blocks - BlocksOf(branches.Sum(branch => branch.BytesPresent), usual.BlockSize),
            Files = (ulong)branches.Sum(branch => (long)branch.NodeCount),
            MaxNameLength = FileNames.LongestName,
        };
        return Errno.None;
    }

    /// <inheritdoc/>
    public override Errno GetExtendedAttribute(in Caller caller, NodeId node, ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value)
    {
        value = default;
        return Find(node, out var number)?.GetExtendedAttribute(caller, number, name, out value) ?? Errno.ESTALE;
    }

    /// <inheritdoc/>
    public override Errno ListExtendedAttributes(in Caller caller, NodeId node, out ReadOnlySpan<byte> names)
    {
        names = default;
        return Find(node, out var number)?.ListExtendedAttributes(caller, number, out names) ?? Errno.ESTALE;
    }

    /// <inheritdoc/>
    public override Errno ErrnoFor(Exception exception) => ErrnoMap.Of(exception);

    /// <summary>Closes what programs still had open.</summary>
    public void Dispose() => _open.Dispose();

    private Errno Keep(IOpenedNode file, out OpenedFile opened)
    {
        opened = default;
        if (!_open.TryAdd(file, out var handle))
        {
            file.Dispose();
            return Errno.EMFILE;
        }

        opened = new OpenedFile(handle, IsDirect: file.IsDirect);
        return Errno.None;
    }

    private Branch? Find(NodeId id, out int node)
    {
        (var branch, node) = Branch.Of(id);
        var branches = Volatile.Read(ref _branches);
        return branch >= 0 && branch < branches.Length ? branches[branch] : null;
    }

    private static ulong BlocksOf(long bytes, uint blockSize) => ((ulong)bytes + blockSize - 1) / blockSize;
}
