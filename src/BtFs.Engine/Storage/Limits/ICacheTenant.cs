namespace BtFs.Engine.Storage.Limits;

/// <summary>Who holds bytes of the bounded cache, and can be told to hold fewer. Safe from any thread.</summary>
internal interface ICacheTenant
{
    /// <summary>Bytes charged to the budget for it.</summary>
    long BytesHeld { get; }

    /// <summary>Lets go of what is worth least, and gives the budget back what that frees.</summary>
    /// <param name="bytes">Bytes wanted.</param>
    /// <returns>Bytes freed: fewer when the rest is in use.</returns>
    ValueTask<long> EvictAsync(long bytes);
}
