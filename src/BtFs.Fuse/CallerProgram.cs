using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace BtFs.Fuse;

/// <summary>Which program is behind a request.</summary>
public static class CallerProgram
{
    /// <summary>Bytes to which the kernel cuts the name of a process (<c>TASK_COMM_LEN</c> without its NUL).</summary>
    public const int CutLength = 15;

    /// <summary>Bytes of <c>/proc/PID/status</c> in which the process id is; proc(5).</summary>
    private const int StatusHead = 512;

    /// <summary>The name of the calling thread: that of its program or script, cut to <see cref="CutLength"/> bytes, unless it chose another.</summary>
    /// <param name="caller">From the request.</param>
    /// <returns><see langword="null"/> when it is gone or cannot be seen.</returns>
    public static string? NameOf(in Caller caller)
    {
        if (caller.ThreadId == 0)
        {
            return null;
        }

        try
        {
            using var file = File.OpenHandle(PathOf(caller, "comm"), share: FileShare.ReadWrite | FileShare.Delete);
            Span<byte> name = stackalloc byte[CutLength + 1];
            var length = RandomAccess.Read(file, name, 0);
            return Encoding.UTF8.GetString(name[..length].TrimEnd((byte)'\n'));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>The name of the file that the calling process runs; for a script that of its interpreter.</summary>
    /// <remarks>
    /// Not from <c>/proc/PID/cmdline</c>: reading that waits for a lock of the caller's address space, which another of its threads may hold
    /// until we have answered a page fault.
    /// </remarks>
    /// <param name="caller">From the request.</param>
    /// <returns><see langword="null"/> when it is gone, cannot be seen, or belongs to another user.</returns>
    public static string? FileOf(in Caller caller)
    {
        try
        {
            return caller.ThreadId == 0 ? null : Path.GetFileName(new FileInfo(PathOf(caller, "exe")).LinkTarget);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>The calling thread's name and the process that started its own, at one look.</summary>
    /// <param name="caller">From the request, or a parent from here.</param>
    /// <returns>The name as of <see cref="NameOf"/> and the parent; <see langword="null"/> for what is not there or cannot be seen.</returns>
    public static (string? Name, Caller? Parent) NameAndParentOf(in Caller caller)
    {
        if (caller.ThreadId == 0)
        {
            return (null, null);
        }

        try
        {
            // proc_pid_stat(5): "PID (NAME) STATE PARENT …", and the name may hold anything, parentheses too. Reading it waits for no lock of the address space.
            using var file = File.OpenHandle(PathOf(caller, "stat"), share: FileShare.ReadWrite | FileShare.Delete);
            Span<byte> text = stackalloc byte[128];
            text = text[..RandomAccess.Read(file, text, 0)];
            var (start, end) = (text.IndexOf((byte)'(') + 1, text.LastIndexOf((byte)')'));
            if (start == 0 || end < start || text.Length < end + 4)
            {
                return (null, null);
            }

            var known = Utf8Parser.TryParse(text[(end + 4)..], out uint parent, out _) && parent > 1;
            return (Encoding.UTF8.GetString(text[start..end]), known ? caller with { ThreadId = parent } : null);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return (null, null);
        }
    }

    /// <summary>The process that the calling thread is of.</summary>
    /// <param name="caller">From the request.</param>
    /// <returns>0 when it is gone or cannot be seen.</returns>
    public static int ProcessOf(in Caller caller)
    {
        if (caller.ThreadId == 0)
        {
            return 0;
        }

        try
        {
            using var file = File.OpenHandle(PathOf(caller, "status"), share: FileShare.ReadWrite | FileShare.Delete);
            Span<byte> status = stackalloc byte[StatusHead];
            status = status[..RandomAccess.Read(file, status, 0)];
            var at = status.IndexOf("\nTgid:\t"u8);
            return at >= 0 && Utf8Parser.TryParse(status[(at + "\nTgid:\t"u8.Length)..], out int process, out _) ? process : 0;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return 0;
        }
    }

    private static string PathOf(in Caller caller, string what) => $"/proc/{caller.ThreadId.ToString(CultureInfo.InvariantCulture)}/{what}";
}
