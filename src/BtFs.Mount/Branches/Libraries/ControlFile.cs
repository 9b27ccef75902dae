using BtFs.Fuse;
using BtFs.Mount.Control;

namespace BtFs.Mount.Branches.Libraries;

/// <summary><c>.btfs/control</c>: whoever opens it writes one request and reads one answer.</summary>
internal sealed class ControlFile(ILibraryKeeper keeper) : IControlEntry
{
    private const ushort OwnerMayReadAndWrite = 0x180; // 0600

    /// <inheritdoc/>
    public string Name => "control";

    /// <inheritdoc/>
    public ushort Permissions => OwnerMayReadAndWrite;

    /// <inheritdoc/>
    public bool IsWritable => true;

    /// <inheritdoc/>
    public IOpenedNode Open(in Caller caller) => new OpenedControl(keeper);
}
