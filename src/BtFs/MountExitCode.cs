namespace BtFs;

/// <summary>The same in the words of mount(8).</summary>
internal static class MountExitCode
{
    private const int Usage = 1;
    private const int System = 2;
    private const int Bug = 4;
    private const int Interrupted = 8;
    private const int MountFailed = 32;

    /// <summary>What a helper of mount(8) ends with (mount(8), "Exit status").</summary>
    public static int ForMount(this ExitCode code) => code switch
    {
        ExitCode.Ok => 0,
        ExitCode.Usage => Usage,
        ExitCode.System => System,
        ExitCode.Interrupted => Interrupted,
        ExitCode.Bug => Bug,
        _ => MountFailed,
    };
}
