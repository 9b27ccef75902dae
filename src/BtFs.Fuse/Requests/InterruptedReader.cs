using System.Globalization;

namespace BtFs.Fuse.Requests;

/// <summary>Finds out whether an interrupted reader wants to leave or will go on waiting.</summary>
internal static class InterruptedReader
{
    private const int StatusLength = 4096;

    /// <summary>Looks at the signals of a reader's thread.</summary>
    /// <param name="thread">From the request; 0 if it is in another process namespace.</param>
    /// <returns>Whether to let it go; <see langword="null"/> if its signals cannot be seen.</returns>
    public static bool? WantsToLeave(uint thread)
    {
        if (thread == 0)
        {
            return null;
        }

        try
        {
            using var status = File.OpenHandle($"/proc/{thread.ToString(CultureInfo.InvariantCulture)}/status", share: FileShare.ReadWrite | FileShare.Delete);
            Span<byte> text = stackalloc byte[StatusLength];
            var length = RandomAccess.Read(status, text, 0);
            return PendingSignals.TryRead(text[..length], out var signals) ? signals.EndTheRead : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Gone, or hidden from us (hidepid).
            return null;
        }
    }
}
