namespace BtFs.Mount.Branches.Libraries;

/// <summary><c>.btfs/control</c>: whoever opens it writes one request and reads one answer.</summary>
internal sealed class ControlFile(ILibraryKeeper keeper)
{
    /// <summary>Its name in its folder.</summary>
    public static ReadOnlySpan<byte> Name => "control"u8;

    /// <summary>Begins such an exchange.</summary>
    public IOpenedNode Open() => new OpenedControl(keeper);
}
