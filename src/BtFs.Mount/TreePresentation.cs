namespace BtFs.Mount;

/// <summary>How a tree is shown: whose it is, and what may be done with it.</summary>
public sealed record TreePresentation
{
    /// <summary>Owner of everything: the user who mounts, unless <c>uid=</c> says otherwise.</summary>
    public required uint UserId { get; init; }

    /// <summary>Group of everything.</summary>
    public required uint GroupId { get; init; }

    /// <summary>Permission bits to take away from 0444 for files, and 0555 for programs. Default none.</summary>
    public ushort FileMask { get; init; }

    /// <summary>Permission bits to take away from 0555 for folders. Default none.</summary>
    public ushort FolderMask { get; init; }

    /// <summary>Whether names and lengths may be looked at but no content read; reads then fail with EACCES.</summary>
    public bool BrowseOnly { get; init; }
}
