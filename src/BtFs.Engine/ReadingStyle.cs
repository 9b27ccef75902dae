namespace BtFs.Engine;

/// <summary>What may be concluded from the reads of an open file.</summary>
public enum ReadingStyle
{
    /// <summary>Reads that go on are a sign of more to come, and the head of a film of its index: both are fetched ahead.</summary>
    Following,

    /// <summary>Nothing: for a program that looks into many files and finishes none. Only what is read is fetched.</summary>
    Sampling,
}
