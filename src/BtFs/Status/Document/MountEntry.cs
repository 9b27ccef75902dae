using System.Reflection;
using BtFs.Commands;

namespace BtFs.Status.Document;

/// <summary>The mount and the process behind it.</summary>
internal sealed record MountEntry
{
    public required string Path { get; init; }
    public required string Program { get; init; }
    public required int Process { get; init; }
    public required DateTimeOffset Since { get; init; }
    public required OptionsEntry Options { get; init; }

    /// <summary>Of this process, from now on.</summary>
    public static MountEntry Of(MountRequest request, TimeProvider time) => new()
    {
        Path = request.MountPoint,
        Program = $"btfs {Assembly.GetExecutingAssembly().GetName().Version?.ToString(3)}",
        Process = Environment.ProcessId,
        Since = time.GetUtcNow(),
        Options = OptionsEntry.Of(request),
    };
}
