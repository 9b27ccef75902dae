namespace BtFs.Engine.Discovery;

/// <summary>What trackers are told about our part in a swarm.</summary>
/// <param name="Uploaded">Payload bytes sent this session.</param>
/// <param name="Downloaded">Payload bytes received this session.</param>
/// <param name="Left">Bytes still missing of the whole torrent; null while its size is not known.</param>
internal readonly record struct AnnounceTotals(long Uploaded, long Downloaded, long? Left)
{
    /// <summary>
    /// 1 GiB, for a torrent of unknown size. Anything but 0 makes a tracker count us among those who miss something, and so name seeds to us,
    /// which is true and what we need; the size is that of a common torrent, and fits the 32 bits that some trackers keep it in.
    /// </summary>
    public const long GuessedLeft = 1L << 30;

    /// <summary>Bytes missing, guessed where they are not known.</summary>
    public long LeftOrGuess => Left ?? GuessedLeft;
}
