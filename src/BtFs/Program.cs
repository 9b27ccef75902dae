using BtFs.Commands;
using BtFs.Running;

namespace BtFs;

/// <summary>Where it all begins: one command, one exit code, one place that explains what went wrong.</summary>
internal static class Program
{
    public static async Task<int> Main(string[] arguments)
    {
        SocketThreads.Prepare();

        // Set when this process is the half that works in the background; it then has no terminal.
        using var pipe = StatusPipe.FromEnvironment();
        IStatusAudience people = pipe is null ? Terminal.OfProcess() : pipe;
        using var notice = ServiceNotice.FromEnvironment(people);
        var audience = notice ?? people;
        try
        {
            return (int)await CommandLine.RunAsync(arguments, audience, pipe);
        }
        catch (Exception e)
        {
            var report = ErrorReport.Of(e);
            audience.Failed(report);
            return (int)report.Code;
        }
    }
}
