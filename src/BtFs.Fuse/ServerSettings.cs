namespace BtFs.Fuse;

/// <param name="Readers">Threads that read requests.</param>
/// <param name="MaxReadahead">Bound of the kernel's read-ahead in bytes, if any.</param>
/// <param name="TimeProvider">Times the watch over interrupted readers.</param>
/// <param name="IsWritable">Whether the file system hears of what would change it.</param>
internal sealed record ServerSettings(int Readers, int? MaxReadahead, TimeProvider TimeProvider, bool IsWritable = false)
{
    private const int ManyProcessors = 4;

    /// <summary>
    /// One thread, or two with four processors or more: a second one only costs where the first can keep the processors busy, but keeps `ls` quick
    /// while the first copies a megabyte.
    /// </summary>
    public static int UsualReaders => Environment.ProcessorCount >= ManyProcessors ? 2 : 1;
}
