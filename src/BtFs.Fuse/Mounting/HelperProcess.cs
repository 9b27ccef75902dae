using System.Collections;
using System.Runtime.InteropServices;
using System.Text;
using BtFs.Fuse.Abi;
using Microsoft.Win32.SafeHandles;

namespace BtFs.Fuse.Mounting;

/// <summary>One run of <c>fusermount3</c>, the setuid program that mounts and unmounts for ordinary users.</summary>
/// <remarks>Started by posix_spawn, because <see cref="System.Diagnostics.Process"/> cannot hand a descriptor to a child.</remarks>
internal sealed unsafe class HelperProcess : IDisposable
{
    private const string Program = "fusermount3";
    private const string SocketVariable = "_FUSE_COMMFD";
    private const int ChildErrors = 2;
    private const int ChildSocket = 3;
    private const int MaxMessage = 4096;

    /// <summary>Larger than <c>posix_spawn_file_actions_t</c> of any C library (80 bytes in glibc).</summary>
    private const int SpawnActionsRoom = 512;

    private readonly int _process;
    private readonly SafeFileHandle _errors;

    private HelperProcess(int process, SafeFileHandle errors)
    {
        _process = process;
        _errors = errors;
    }

    /// <summary>Starts the helper.</summary>
    /// <param name="arguments">After the program's name.</param>
    /// <param name="socket">Becomes its descriptor 3, named in the environment; <see langword="null"/> for none.</param>
    /// <exception cref="MountException">There is no such program (<see cref="MountFailure.NoHelper"/>).</exception>
    public static HelperProcess Start(IReadOnlyList<string> arguments, SafeFileHandle? socket)
    {
        var path = Find() ?? throw new MountException(
            MountFailure.NoHelper, $"Mounting as an ordinary user needs {Program}, which is not there.", "Install the package fuse3.");
        var ends = stackalloc int[2];
        if (Libc.Pipe(ends, Libc.CloseOnExec) < 0)
        {
            throw new MountException(MountFailure.NoHelper, $"No pipe to {Program} ({Libc.LastError}).", "Raise the limit of open files: ulimit -n.");
        }

        var errors = new SafeFileHandle(ends[0], ownsHandle: true);
        using var childErrors = new SafeFileHandle(ends[1], ownsHandle: true);
        var actions = stackalloc byte[SpawnActionsRoom];
        _ = Libc.SpawnActionsInit(actions);

        // The errors first: descriptor 3 may be the very pipe.
        _ = Libc.SpawnActionsDuplicate(actions, ends[1], ChildErrors);
        if (socket is not null)
        {
            _ = Libc.SpawnActionsDuplicate(actions, (int)socket.DangerousGetHandle(), ChildSocket);
        }

        int process;
        using var argv = new StringArray([Program, .. arguments]);
        using var environment = new StringArray(Environment(socket is not null));
        var error = (Errno)Libc.Spawn(&process, path, actions, null, argv.Start, environment.Start);
        _ = Libc.SpawnActionsDestroy(actions);
        if (error != Errno.None)
        {
            errors.Dispose();
            throw new MountException(MountFailure.NoHelper, $"{path} cannot be started ({error}).", "Reinstall the package fuse3.");
        }

        return new HelperProcess(process, errors);
    }

    /// <summary>Waits for its end.</summary>
    /// <returns>Whether it reports success, and what it wrote to standard error, cut to 4 KiB.</returns>
    public (bool Succeeded, string Words) WaitForEnd()
    {
        Span<byte> text = stackalloc byte[MaxMessage];
        var length = 0;
        fixed (byte* start = text)
        {
            nint count;
            while ((count = Libc.Read((int)_errors.DangerousGetHandle(), start + length, (nuint)(MaxMessage - length))) > 0)
            {
                length += (int)count;
            }
        }

        // Where children are reaped by nobody's leave (SIGCHLD ignored), there is no status: then silence is success.
        var words = Encoding.UTF8.GetString(text[..length]).Trim();
        var status = words.Length;
        while (Libc.WaitForProcess(_process, &status, 0) < 0 && Libc.LastError == Errno.EINTR)
        {
        }

        return (status == 0, words);
    }

    public void Dispose() => _errors.Dispose();

    /// <summary>On the PATH, else where distributions put it: units of systemd may run without a PATH.</summary>
    private static string? Find()
    {
        var path = System.Environment.GetEnvironmentVariable("PATH") ?? "";
        return path.Split(':', StringSplitOptions.RemoveEmptyEntries)
            .Concat(["/bin", "/usr/bin"])
            .Select(directory => Path.Combine(directory, Program))
            .FirstOrDefault(File.Exists);
    }

    private static IEnumerable<string> Environment(bool withSocket)
    {
        foreach (DictionaryEntry variable in System.Environment.GetEnvironmentVariables())
        {
            yield return $"{variable.Key}={variable.Value}";
        }

        if (withSocket)
        {
            yield return $"{SocketVariable}={ChildSocket}";
        }
    }

    /// <summary>A <c>char**</c> that ends in a null.</summary>
    private sealed class StringArray : IDisposable
    {
        private readonly List<nint> _strings;

        public StringArray(IEnumerable<string> strings)
        {
            _strings = strings.Select(Marshal.StringToCoTaskMemUTF8).ToList();
            Start = (byte**)NativeMemory.AllocZeroed((nuint)_strings.Count + 1, (nuint)sizeof(byte*));
            for (var i = 0; i < _strings.Count; i++)
            {
                Start[i] = (byte*)_strings[i];
            }
        }

        public byte** Start { get; }

        public void Dispose()
        {
            _strings.ForEach(Marshal.FreeCoTaskMem);
            NativeMemory.Free(Start);
        }
    }
}
