using BtFs.Engine.Layout;

namespace BtFs.Engine.Reports;

/// <summary>An open handle.</summary>
public sealed record ReaderReport
{
    /// <summary>What was given when it was opened.</summary>
    public required object? Label { get; init; }

    public required FileIndex File { get; init; }

    public required ReadingStyle Style { get; init; }

    /// <summary>Where its last read ended, in the file.</summary>
    public required long Position { get; init; }

    /// <summary>Bytes it was given.</summary>
    public required long BytesRead { get; init; }

    /// <summary>The same per second, over the last seconds.</summary>
    public required double Rate { get; init; }

    /// <summary>What is fetched ahead of it, in the file; null for nothing.</summary>
    public required ByteRange? Window { get; init; }

    /// <summary>For what it waits; null when it does not, or not for long.</summary>
    public required WaitReport? Wait { get; init; }
}
