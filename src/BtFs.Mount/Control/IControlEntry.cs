using BtFs.Fuse;
using BtFs.Mount.Branches;

namespace BtFs.Mount.Control;

/// <summary>A file in the <c>.btfs</c> folder: about the mount, not of a torrent. Safe from any thread.</summary>
internal interface IControlEntry
{
    /// <summary>Its name, ASCII.</summary>
    string Name { get; }

    /// <summary>Permission bits for its owner, such as 0400. Nobody else has any.</summary>
    ushort Permissions { get; }

    /// <summary>Whether it can be opened for writing.</summary>
    bool IsWritable => false;

    /// <summary>Begins an opening, by somebody who may.</summary>
    IOpenedNode Open(in Caller caller);
}
