using BtFs.Engine;
using BtFs.Fuse;

namespace BtFs.Mount;

/// <summary>Which error a program sees for which failure. The only place that decides.</summary>
internal static class ErrnoMap
{
    /// <summary>The errno for an exception, or <see cref="Errno.None"/> for one that nobody foresaw: a fault of ours, logged with its stack trace.</summary>
    public static Errno Of(Exception exception) => exception switch
    {
        OperationCanceledException => Errno.EINTR,
        FetchRefusedException => Errno.EACCES,
        ContentUnavailableException => Errno.EIO,
        IOException => Errno.EIO,
        OutOfMemoryException => Errno.ENOMEM,
        _ => Errno.None,
    };
}
