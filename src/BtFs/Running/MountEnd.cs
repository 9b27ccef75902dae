using BtFs.Fuse.Mounting;

namespace BtFs.Running;

/// <summary>Takes our own mount away when we end.</summary>
internal static class MountEnd
{
    /// <summary>Waiting reads have failed by now. Who still has files open loses them: they end with this process in any case, and cutting
    /// them off does not wait for the kernel as a lazy unmount would.</summary>
    public static async Task UnmountAsync(FuseMount mount, StopSignals signals)
    {
        if (mount.Completion.IsCompleted)
        {
            return;
        }

        var polite = mount.UnmountAsync(UnmountMode.Polite);
        if (await Task.WhenAny(polite, signals.Insisted) != polite || await polite == UnmountResult.Busy)
        {
            await mount.UnmountAsync(UnmountMode.Abort);
        }
    }
}
