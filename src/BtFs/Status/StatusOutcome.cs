namespace BtFs.Status;

/// <summary>What came of asking a mount.</summary>
internal enum StatusOutcome
{
    Answered,

    /// <summary>It said nothing in time.</summary>
    NoAnswer,

    /// <summary>The program behind it is gone.</summary>
    Dead,

    /// <summary>It belongs to somebody else.</summary>
    Denied,

    /// <summary>It says something else than we understand.</summary>
    OtherVersion,

    /// <summary>There is no mount of btfs.</summary>
    NotOurs,
}
