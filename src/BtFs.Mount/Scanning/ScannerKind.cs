namespace BtFs.Mount.Scanning;

/// <summary>How a scanner reads.</summary>
internal enum ScannerKind
{
    /// <summary>A part of each file: enough for a picture, or for what is in it.</summary>
    Glancing,

    /// <summary>Every file from its start to its end.</summary>
    Sweeping,
}
