using System.Text;

namespace BtFs.Libraries;

/// <summary>Speaks with the process that has mounted a library, through the mount.</summary>
internal static class ControlClient
{
    /// <summary>Bytes of the longest answer: an infohash, a name, or a sentence.</summary>
    private const int LongestAnswer = 4096;

    /// <summary>Bytes written at once.</summary>
    private const int WriteAtOnce = 1 << 17;

    /// <summary>How long a mount may take to open a file; one that does not is stuck.</summary>
    private static readonly TimeSpan OpensWithin = TimeSpan.FromSeconds(10);

    /// <summary>Asks, and waits for the answer.</summary>
    /// <param name="mountPoint">Where the library is mounted, absolute.</param>
    /// <param name="request">What to ask.</param>
    /// <param name="subject">What messages are about.</param>
    /// <exception cref="CommandException">There is no library, or it says no.</exception>
    public static async Task<ControlReply> AskAsync(string mountPoint, ControlRequest request, string subject)
    {
        var path = Path.Combine(mountPoint, ".btfs", "control");
        try
        {
            // A thread that waits for a stuck mount is left behind: this process ends without it.
            using var file = await Task.Run(() => File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite)).WaitAsync(OpensWithin);
            var reply = await Task.Run(() => Exchange(file, request.ToBytes()));
            return reply.Kind == ControlOutcome.Error ? throw new CommandException(reply.Code, subject, reply.Text) : reply;
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new CommandException(ExitCode.MountRefused, mountPoint, "no library is mounted there", $"Mount one: btfs {mountPoint}");
        }
        catch (UnauthorizedAccessException)
        {
            throw new CommandException(ExitCode.MountRefused, mountPoint, "the library there belongs to another user");
        }
        catch (TimeoutException)
        {
            throw new CommandException(ExitCode.MountRefused, mountPoint, "the mount there does not answer");
        }
        catch (IOException e)
        {
            throw new CommandException(ExitCode.MountRefused, mountPoint, e.Message.TrimEnd('.'));
        }
    }

    private static ControlReply Exchange(Microsoft.Win32.SafeHandles.SafeFileHandle file, byte[] request)
    {
        for (var at = 0; at < request.Length; at += WriteAtOnce)
        {
            RandomAccess.Write(file, request.AsSpan(at, Math.Min(WriteAtOnce, request.Length - at)), at);
        }

        var answer = new byte[LongestAnswer];
        var length = 0;
        while (length < answer.Length && RandomAccess.Read(file, answer.AsSpan(length), length) is > 0 and var some)
        {
            length += some;
        }

        return ControlReply.TryParse(Encoding.UTF8.GetString(answer, 0, length)) ?? throw new IOException("its answer makes no sense");
    }
}
