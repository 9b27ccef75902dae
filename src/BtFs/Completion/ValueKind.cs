namespace BtFs.Completion;

/// <summary>What a value is.</summary>
internal enum ValueKind
{
    /// <summary>There is none.</summary>
    None,

    /// <summary>Nothing that could be completed.</summary>
    Other,

    /// <summary>A directory.</summary>
    Directory,

    /// <summary>A file.</summary>
    File,

    /// <summary>One of a few words.</summary>
    Word,
}
