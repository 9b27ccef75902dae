namespace BtFs.Engine.Storage.Limits;

/// <summary>What a file system has.</summary>
/// <param name="Total">Bytes in all.</param>
/// <param name="Available">Bytes that this user may still write.</param>
/// <param name="BlockLength">Bytes that it gives out at a time.</param>
internal readonly record struct DiskSpace(long Total, long Available, int BlockLength);
