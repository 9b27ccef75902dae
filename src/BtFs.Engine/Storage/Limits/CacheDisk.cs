using Microsoft.Win32.SafeHandles;

namespace BtFs.Engine.Storage.Limits;

/// <summary>The file system of an open folder, which stays the caller's.</summary>
internal sealed class CacheDisk(SafeFileHandle folder) : ICacheDisk
{
    private DiskSpace _last = new(long.MaxValue / 4, long.MaxValue / 4, 4096);

    /// <inheritdoc/>
    public DiskSpace Space()
    {
        // A file system that does not tell is taken for what it was when it last did.
        if (Posix.Space(folder) is { } space)
        {
            _last = space;
        }

        return _last;
    }
}
