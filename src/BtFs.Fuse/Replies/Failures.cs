using Microsoft.Extensions.Logging;

namespace BtFs.Fuse.Replies;

/// <summary>Gives every exception of a file system an errno. Nothing a file system throws may end the mount or leave a request without its reply.</summary>
internal sealed class Failures(FuseFileSystem fileSystem, ILogger log)
{
    public Errno Name(Exception exception)
    {
        var error = fileSystem.ErrnoFor(exception);
        if (error != Errno.None)
        {
            return error;
        }

        Log.Unforeseen(log, exception);
        return Errno.EIO;
    }
}
