using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace BtFs.Running;

/// <summary>Runs this very command again in the background, and waits until it says that the mount is ready, or why not.</summary>
/// <remarks>
/// .NET cannot fork: the second process is started afresh by posix_spawn, in a session of its own, with the same arguments and environment (byte for
/// byte, from /proc/self), /dev/null for a terminal, and a pipe on which it reports.
/// </remarks>
internal static class Background
{
    private const int PipeInChild = 3;

    private static readonly TimeSpan EndsWithin = TimeSpan.FromSeconds(2);

    /// <summary>Starts the second process and relays what it tells.</summary>
    /// <param name="audience">Hears progress and the verdict.</param>
    /// <param name="cancel">Ends the second process too.</param>
    /// <returns>What this process should exit with.</returns>
    /// <exception cref="OperationCanceledException">Stopped before there was a verdict.</exception>
    public static async Task<ExitCode> RunAsync(IStatusAudience audience, CancellationToken cancel)
    {
        var (process, pipe) = Spawn();
        using var reader = new StreamReader(new FileStream(pipe, FileAccess.Read, bufferSize: 0), Encoding.UTF8);

        // The child answers by closing the pipe when it has put everything back: reading on is waiting for that.
        await using var stop = cancel.Register(() => _ = LibC.kill(process, LibC.Terminate));
        while (await reader.ReadLineAsync(CancellationToken.None) is { } line)
        {
            if (!StatusMessage.TryParse(line, out var message))
            {
                continue;
            }

            switch (message.Kind)
            {
                case StatusKind.Progress:
                    audience.Progress(message.Text);
                    break;
                case StatusKind.Note:
                    audience.Note(message.Text);
                    break;
                case StatusKind.Ready:
                    audience.Ready(message.Text);
                    return ExitCode.Ok;
                case StatusKind.Failed:
                    await EndOfAsync(process);
                    audience.Failed(new ErrorReport(message.Code, message.Text));
                    return message.Code;
            }
        }

        // Stopped so early that it could not even say so.
        cancel.ThrowIfCancellationRequested();
        audience.Failed(new ErrorReport(ExitCode.Bug, $"btfs: the process in the background ended without a word ({Fate(process)})\nTry again with -f to see why."));
        return ExitCode.Bug;
    }

    /// <summary>Starts the second process, and leaves it to itself.</summary>
    public static void Start() => Spawn().Pipe.Dispose();

    private static unsafe (int Process, SafeFileHandle Pipe) Spawn()
    {
        var ends = stackalloc int[2];
        Check(LibC.pipe2(ends, LibC.OpenCloseOnExec) == 0 ? 0 : Marshal.GetLastPInvokeError(), "pipe2");
        using var ours = new OwnedDescriptor(ends[0]);
        using var theirs = new OwnedDescriptor(ends[1]);

        // Opaque types; glibc needs 80 and 336 bytes, musl less.
        var actions = stackalloc byte[512];
        var attributes = stackalloc byte[512];
        Check(LibC.posix_spawn_file_actions_init(actions), "posix_spawn");
        Check(LibC.posix_spawnattr_init(attributes), "posix_spawn");
        try
        {
            // By its own path, since ps shows the last name of what was started.
            fixed (byte* nowhere = "/dev/null\0"u8, self = Encoding.UTF8.GetBytes(Environment.ProcessPath + "\0"))
            {
                for (var descriptor = 0; descriptor < PipeInChild; descriptor++)
                {
                    Check(LibC.posix_spawn_file_actions_addopen(actions, descriptor, nowhere, LibC.ReadWrite, 0), "posix_spawn");
                }

                // A dup2 of a descriptor onto itself would leave it to be closed on exec in an old libc.
                Check(LibC.posix_spawn_file_actions_adddup2(actions, theirs.Number, PipeInChild), "posix_spawn");
                Check(LibC.posix_spawnattr_setflags(attributes, LibC.NewSession), "posix_spawn");
                using var arguments = new NativeStrings(File.ReadAllBytes("/proc/self/cmdline"));
                using var environment = new NativeStrings(
                    [.. File.ReadAllBytes("/proc/self/environ"), .. Encoding.ASCII.GetBytes($"{StatusPipe.Variable}={PipeInChild}\0")]);
                int process;
                Check(LibC.posix_spawn(&process, self, actions, attributes, arguments.Pointers, environment.Pointers), "posix_spawn");
                return (process, ours.Release());
            }
        }
        finally
        {
            _ = LibC.posix_spawnattr_destroy(attributes);
            _ = LibC.posix_spawn_file_actions_destroy(actions);
        }
    }

    /// <summary>It has said its last word: nothing of it is left when this command ends, unless something holds it up.</summary>
    private static async Task EndOfAsync(int process)
    {
        try
        {
            await Task.Run(() => Fate(process)).WaitAsync(EndsWithin, TimeProvider.System);
        }
        catch (TimeoutException)
        {
            // It ends by itself, some time.
        }
    }

    private static unsafe string Fate(int process)
    {
        int status;
        if (LibC.waitpid(process, &status, 0) != process)
        {
            return "how, nobody knows";
        }

        // WIFEXITED, WEXITSTATUS and WTERMSIG of <sys/wait.h>.
        return (status & 0x7f) == 0 ? $"exit code {(status >> 8) & 0xff}" : $"signal {status & 0x7f}";
    }

    private static void Check(int error, string call)
    {
        if (error != 0)
        {
            throw new CommandException(ExitCode.System, call, Marshal.GetPInvokeErrorMessage(error), "Run btfs with -f to stay in the foreground.");
        }
    }

    private readonly struct OwnedDescriptor(int number) : IDisposable
    {
        private readonly SafeFileHandle _handle = new(number, ownsHandle: true);

        public int Number => (int)_handle.DangerousGetHandle();

        /// <summary>A handle of its own, that outlives this one.</summary>
        public SafeFileHandle Release()
        {
            var kept = new SafeFileHandle(Number, ownsHandle: true);
            _handle.SetHandleAsInvalid();
            return kept;
        }

        public void Dispose() => _handle.Dispose();
    }
}
