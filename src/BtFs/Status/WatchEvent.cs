namespace BtFs.Status;

/// <summary>What happens at a terminal while something is watched.</summary>
internal enum WatchEvent
{
    /// <summary>Somebody has had enough.</summary>
    Quit,

    /// <summary>It has another size.</summary>
    Resized,
}
