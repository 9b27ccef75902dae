using BtFs.Engine;
using BtFs.Fuse;

namespace BtFs.Mount;

/// <summary>What <c>stat(2)</c> says of a node.</summary>
internal sealed class NodeStat(ITorrentContent content, TreePresentation shown)
{
    /// <summary>How long the kernel may remember what never changes: names, folders.</summary>
    public static readonly TimeSpan Settled = TimeSpan.FromHours(1);

    /// <summary>How long it may remember a file: its st_blocks grows as it fills, and shrinks when the cache makes room. Long enough for a folder to be listed and then looked at.</summary>
    public static readonly TimeSpan Fleeting = TimeSpan.FromSeconds(3);

    /// <summary>The date of a torrent without one. Not the present, since backups and media servers would see new files in each mount;
    /// not 1970, since zip archives begin with 1980, and a day later it is 1980 in every time zone.</summary>
    public static readonly DateTimeOffset NoDate = new(1980, 1, 2, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Dates from here on count as none: zip archives end with 2107.</summary>
    public static readonly DateTimeOffset DatesEnd = new(2107, 12, 31, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Bytes in the unit of st_blocks.</summary>
    public const int BlockUnit = 512;

    /// <summary>The size of I/O we like best, in bytes: what the kernel reads ahead.</summary>
    public const uint PreferredIoSize = 128 * 1024;

    private const ushort Readable = 0x124; // 0444
    private const ushort Enterable = 0x16d; // 0555

    private readonly UnixTime _date = new((content.CreatedAt is { } date && date >= NoDate && date < DatesEnd ? date : NoDate).ToUnixTimeSeconds());

    /// <summary>The attributes of a node at this moment.</summary>
    public NodeAttributes Of(FileNode node)
    {
        var present = node.Kind == NodeKind.File ? content.BytesPresent(node.File) : node.Length;
        return new NodeAttributes
        {
            Inode = node.Inode,
            Kind = node.Kind,
            Permissions = PermissionsOf(node),
            Size = node.Length,
            Blocks = node.Kind == NodeKind.File ? (ulong)((present + BlockUnit - 1) / BlockUnit) : 0,
            PreferredIoSize = PreferredIoSize,
            Links = node.Kind == NodeKind.Directory ? 2 + (uint)node.FolderCount : 1,
            UserId = shown.UserId,
            GroupId = shown.GroupId,
            AccessTime = _date,
            ModifyTime = _date,
            ChangeTime = _date,
            ValidFor = node is { Kind: NodeKind.File, Length: > 0 } ? Fleeting : Settled,
        };
    }

    /// <summary>Bytes of all files that are here.</summary>
    public long BytesPresent(FileTree tree)
    {
        var present = 0L;
        foreach (var node in tree.Nodes)
        {
            present += node.Kind == NodeKind.File ? content.BytesPresent(node.File) : 0;
        }

        return present;
    }

    private ushort PermissionsOf(FileNode node) => node.Kind switch
    {
        // Nobody looks at the mode of a link; Linux shows 0777 for all of them.
        NodeKind.SymbolicLink => 0x1ff,
        NodeKind.File => (ushort)((node.IsExecutable ? Enterable : Readable) & ~shown.FileMask),
        _ => (ushort)(Enterable & ~shown.FolderMask),
    };
}
