namespace BtFs.Status.Document;

/// <summary>A file.</summary>
internal sealed record FileEntry
{
    public required string Path { get; init; }
    public required long Length { get; init; }
    public required long Present { get; init; }
    public required int Availability { get; init; }
}
