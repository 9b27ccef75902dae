namespace BtFs.Engine.Storage;

/// <summary>What a record of the index journal says. The values are in the file.</summary>
internal enum IndexRecordKind
{
    /// <summary>A piece is in the data file, with these checksums.</summary>
    Here = 1,

    /// <summary>A piece is no longer there.</summary>
    Gone = 2,

    /// <summary>A piece may be there: its hash must be compared before it is served.</summary>
    Suspect = 3,

    /// <summary>A run begins, on this data file and under this start of the machine.</summary>
    Opened = 4,

    /// <summary>A run ended in order, and left the data file like this.</summary>
    Closed = 5,
}
