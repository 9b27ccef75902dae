namespace BtFs.Status;

/// <summary>How a page is laid out.</summary>
internal sealed record PageStyle
{
    /// <summary>Columns; what is longer is cut.</summary>
    public int Width { get; init; } = 80;

    /// <summary>Whether words may be coloured.</summary>
    public bool IsColoured { get; init; }

    /// <summary>Something to be looked at first.</summary>
    public string Strong(string text) => IsColoured ? $"\x1b[1m{text}\x1b[0m" : text;

    /// <summary>Trouble.</summary>
    public string Warning(string text) => IsColoured ? $"\x1b[33m{text}\x1b[0m" : text;

    /// <summary>What stands around the rest.</summary>
    public string Faint(string text) => IsColoured ? $"\x1b[2m{text}\x1b[0m" : text;
}
