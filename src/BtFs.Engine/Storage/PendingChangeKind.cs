namespace BtFs.Engine.Storage;

/// <summary>What the writer is to do.</summary>
internal enum PendingChangeKind
{
    /// <summary>Write a piece, and that it is here.</summary>
    Write,

    /// <summary>Write down that a piece is gone.</summary>
    Gone,

    /// <summary>Write down again that a piece is here: it was suspect, and its hash was right.</summary>
    Believed,

    /// <summary>See whether anything is due.</summary>
    Wake,
}
