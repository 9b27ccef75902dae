namespace BtFs.Fuse.Abi;

/// <summary>What kernel and file system agree on in INIT; bits 32 and up travel in the second word, if <see cref="Extended"/> is set.</summary>
[Flags]
internal enum InitFlags : ulong
{
    None = 0,
    AsyncRead = 1UL << 0,

    /// <summary>A WRITE may be longer than a page.</summary>
    BigWrites = 1UL << 5,
    ReadDirectoryPlus = 1UL << 13,
    AsyncDirectIo = 1UL << 15,
    ParallelDirectoryOperations = 1UL << 18,
    AbortError = 1UL << 21,
    MaxPages = 1UL << 22,
    CacheSymbolicLinks = 1UL << 23,
    NoOpenDirectory = 1UL << 24,
    ExplicitInvalidation = 1UL << 25,
    Extended = 1UL << 30,
    ExpireOnly = 1UL << 35,
    NoExport = 1UL << 38,
}
