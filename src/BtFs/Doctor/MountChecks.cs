using BtFs.Commands;
using BtFs.Fuse.Mounting;

namespace BtFs.Doctor;

/// <summary>What is mounted already.</summary>
internal static class MountChecks
{
    /// <summary>A mount whose program is stopped does not answer at all.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    /// <summary>Looks at every mount of ours, each for two seconds at most.</summary>
    public static async Task<Check> LookAsync(TimeProvider time)
    {
        var places = MountedPlace.Of(UnmountCommand.MountType);
        var states = await Task.WhenAll(places.Select(async place => (place.Directory, IsDead: await IsDeadAsync(place, time))));
        return Of([.. states]);
    }

    /// <summary>Judges what was found.</summary>
    /// <param name="mounts">Where, and whether its program has died; null where it does not answer.</param>
    public static Check Of(IReadOnlyList<(string Directory, bool? IsDead)> mounts)
    {
        const string Name = "mounts";
        if (mounts.FirstOrDefault(mount => mount.IsDead == true) is { Directory: { } dead })
        {
            return Check.Warning(Name, $"the program of {dead} has died", $"Clear it away: btfs unmount '{dead}'");
        }

        if (mounts.FirstOrDefault(mount => mount.IsDead is null) is { Directory: { } silent })
        {
            return Check.Warning(Name, $"{silent} does not answer", $"Look at its program, or take it away: btfs unmount --lazy '{silent}'");
        }

        return Check.Ok(Name, mounts.Count == 0 ? "none" : string.Join(", ", mounts.Select(mount => mount.Directory)));
    }

    private static async Task<bool?> IsDeadAsync(MountedPlace place, TimeProvider time)
    {
        try
        {
            return await Task.Run(() => place.IsDead).WaitAsync(Patience, time);
        }
        catch (TimeoutException)
        {
            return null;
        }
    }
}
