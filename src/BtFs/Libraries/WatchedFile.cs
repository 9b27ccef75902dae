namespace BtFs.Libraries;

/// <summary>A file in a watched folder, as it was when it was looked at.</summary>
/// <param name="Length">Bytes.</param>
/// <param name="WrittenAt">Its time of modification.</param>
/// <param name="Since">Since when it is so, in timestamps.</param>
/// <param name="IsDone">Whether it was taken, or told to be bad.</param>
internal readonly record struct WatchedFile(long Length, DateTime WrittenAt, long Since, bool IsDone)
{
    /// <summary>Whether a file has not changed since.</summary>
    public bool IsSameAs(in WatchedFile other) => Length == other.Length && WrittenAt == other.WrittenAt;
}
