using System.Globalization;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace BtFs.Running;

/// <summary>The background's end of the pipe to the process that started it. Ends with the verdict; losing the other side before that is a cancel.</summary>
internal sealed class StatusPipe : IStatusAudience, IDisposable
{
    /// <summary>Environment variable that carries the number of the pipe's descriptor.</summary>
    public const string Variable = "BTFS_STATUS_FD";

    private readonly FileStream _pipe;
    private readonly CancellationTokenSource _abandoned = new();

    private StatusPipe(int descriptor)
    {
        // What we start in turn, fusermount3 above all, must not hold the pipe open.
        _ = LibC.fcntl(descriptor, LibC.SetDescriptorFlags, LibC.CloseOnExec);
        _pipe = new FileStream(new SafeFileHandle(descriptor, ownsHandle: true), FileAccess.Write, bufferSize: 0);
    }

    /// <summary>Cancelled when the foreground is gone before it was told a verdict.</summary>
    public CancellationToken Abandoned => _abandoned.Token;

    /// <summary>The pipe we were started with, or null when nobody started us in the background. The variable is taken out of the environment.</summary>
    public static StatusPipe? FromEnvironment()
    {
        var number = Environment.GetEnvironmentVariable(Variable);
        Environment.SetEnvironmentVariable(Variable, null);
        return int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var descriptor) && descriptor > 2
            ? new StatusPipe(descriptor)
            : null;
    }

    /// <inheritdoc/>
    public void Progress(string text) => Send(new StatusMessage(StatusKind.Progress, ExitCode.Ok, text));

    /// <inheritdoc/>
    public void EndProgress()
    {
        // The other side ends it with the next word.
    }

    /// <inheritdoc/>
    public void Note(string text) => Send(new StatusMessage(StatusKind.Note, ExitCode.Ok, text));

    /// <inheritdoc/>
    public void Ready(string text)
    {
        Send(new StatusMessage(StatusKind.Ready, ExitCode.Ok, text));
        _pipe.Dispose();
    }

    /// <inheritdoc/>
    public void Ending()
    {
        // Nobody is at the other end since the mount was ready.
    }

    /// <inheritdoc/>
    public void Failed(ErrorReport report)
    {
        Send(new StatusMessage(StatusKind.Failed, report.Code, report.Text));
        _pipe.Dispose();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _pipe.Dispose();
        _abandoned.Dispose();
    }

    private void Send(StatusMessage message)
    {
        if (!_pipe.CanWrite)
        {
            return;
        }

        try
        {
            _pipe.Write(Encoding.UTF8.GetBytes(message.ToLine() + "\n"));
        }
        catch (IOException)
        {
            // EPIPE: whoever waited has given up.
            _abandoned.Cancel();
        }
    }
}
