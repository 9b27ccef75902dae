namespace BtFs.Engine.Storage;

/// <summary>Which start of the machine this is: what was written under another one may not all have reached the disk.</summary>
internal static class SystemBoot
{
    private const string Source = "/proc/sys/kernel/random/boot_id";

    /// <summary>The kernel's number of this start, or <see cref="Guid.Empty"/> where it does not tell, which is no start at all.</summary>
    internal static Guid Id { get; } = Read();

    private static Guid Read()
    {
        try
        {
            return Guid.TryParse(File.ReadAllText(Source), out var id) ? id : Guid.Empty;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return Guid.Empty;
        }
    }
}
