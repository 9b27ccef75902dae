using BtFs.Fuse;
using BtFs.Status.Document;

namespace BtFs.Status;

/// <summary>What a mount said of itself when it was asked.</summary>
/// <param name="MountPoint">Where it is.</param>
/// <param name="Outcome">What came of it.</param>
/// <param name="Text">Its <c>status.json</c>; null unless it answered.</param>
/// <param name="Document">The same, understood.</param>
internal sealed record StatusReading(string MountPoint, StatusOutcome Outcome, byte[]? Text = null, StatusDocument? Document = null)
{
    /// <summary>A program that works answers within milliseconds.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    /// <summary>Bytes that are read at most: the largest known is some 2 MiB for each torrent.</summary>
    private const int MaxLength = 256 << 20;

    private const string File = ".btfs/status.json";
    private const int Chunk = 64 * 1024;

    /// <summary>Asks a mount; it has three seconds.</summary>
    /// <remarks>
    /// On a thread that is left behind where the mount does not answer: a system call on it can be ended by nothing but the end of this process.
    /// </remarks>
    public static async Task<StatusReading> TakeAsync(string mountPoint, TimeProvider time)
    {
        var answer = new TaskCompletionSource<StatusReading>(TaskCreationOptions.RunContinuationsAsynchronously);
        new Thread(() => answer.TrySetResult(Take(mountPoint))) { IsBackground = true, Name = "status" }.Start();
        try
        {
            return await answer.Task.WaitAsync(Patience, time);
        }
        catch (TimeoutException)
        {
            return new StatusReading(mountPoint, StatusOutcome.NoAnswer);
        }
    }

    private static StatusReading Take(string mountPoint)
    {
        try
        {
            using var file = System.IO.File.OpenHandle(Path.Combine(mountPoint, File), share: FileShare.ReadWrite | FileShare.Delete);
            using var text = new MemoryStream();
            var chunk = new byte[Chunk];

            // Its length is not known beforehand.
            for (int count; text.Length < MaxLength && (count = RandomAccess.Read(file, chunk, text.Length)) > 0;)
            {
                text.Write(chunk, 0, count);
            }

            var bytes = text.ToArray();
            return StatusJson.Read(bytes) is { } document
                ? new StatusReading(mountPoint, StatusOutcome.Answered, bytes, document)
                : new StatusReading(mountPoint, StatusOutcome.OtherVersion);
        }
        catch (UnauthorizedAccessException)
        {
            return new StatusReading(mountPoint, StatusOutcome.Denied);
        }
        catch (IOException e) when (e.HResult == (int)Errno.ENOTCONN || e.HResult == (int)Errno.ECONNABORTED)
        {
            return new StatusReading(mountPoint, StatusOutcome.Dead);
        }
        catch (Exception e) when (e is IOException or NotSupportedException)
        {
            return new StatusReading(mountPoint, StatusOutcome.NotOurs);
        }
    }
}
