using BtFs.Fuse;
using BtFs.Mount.Branches;

namespace BtFs.Mount.Control;

/// <summary>A file in the <c>.btfs</c> folder that is written when somebody reads it. Each opening has a text of its own, which stays the same until it is closed.</summary>
/// <param name="name">Its name, ASCII.</param>
/// <param name="write">Makes the text. Called on any thread, by several at once; cancelled when the opening ends.</param>
public sealed class ControlDocument(string name, Func<CancellationToken, Task<byte[]>> write) : IControlEntry
{
    private const ushort OwnerMayRead = 0x100; // 0400

    /// <inheritdoc/>
    string IControlEntry.Name => name;

    /// <inheritdoc/>
    ushort IControlEntry.Permissions => OwnerMayRead;

    /// <inheritdoc/>
    IOpenedNode IControlEntry.Open(in Caller caller) => new OpenedDocument(write);
}
