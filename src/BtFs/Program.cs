using BtFs.Commands;
using BtFs.Running;
using BtFs.Settings;

namespace BtFs;

/// <summary>Where it all begins: one command, one exit code, one place that explains what went wrong.</summary>
internal static class Program
{
    public static async Task<int> Main(string[] arguments)
    {
        SocketThreads.Prepare();
        HomeDirectory.Supply();

        // Set when this process is the half that works in the background; it then has no terminal.
        using var pipe = StatusPipe.FromEnvironment();
        IStatusAudience people = pipe is null ? Terminal.OfProcess() : pipe;
        using var notice = ServiceNotice.FromEnvironment(people);
        var audience = notice ?? people;
        var name = Calling.NameOfProcess();
        var code = await RunAsync(name, arguments, audience, pipe);

        // The half in the background speaks to the other half, not to mount(8).
        return Calling.IsNameOfHelper(name) && pipe is null ? code.ForMount() : (int)code;
    }

    private static async Task<ExitCode> RunAsync(string name, string[] arguments, IStatusAudience audience, StatusPipe? pipe)
    {
        try
        {
            return await CommandLine.RunAsync(Calling.Of(name, arguments), SettingSources.OfProcess(), audience, pipe);
        }
        catch (Exception e)
        {
            var report = ErrorReport.Of(e);
            audience.Failed(report);
            return report.Code;
        }
    }
}
