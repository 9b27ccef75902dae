namespace BtFs.Engine.Storage.Limits;

/// <summary>The file system on which the cache lies. Safe from any thread.</summary>
internal interface ICacheDisk
{
    /// <summary>How it stands now: one system call.</summary>
    DiskSpace Space();
}
