namespace BtFs.Fuse.Mounting;

/// <summary>What is mounted on this machine, in our namespace.</summary>
public static class MountList
{
    /// <summary>Where file systems of a kind are mounted, from the kernel's own list: none of them is touched.</summary>
    /// <param name="subtype">As in <see cref="FuseMountOptions.Subtype"/>.</param>
    public static IReadOnlyList<string> Of(string subtype) =>
        [.. MountTable.All().Where(line => line.Type == $"fuse.{subtype}").Select(line => line.Directory).Distinct(StringComparer.Ordinal)];
}
