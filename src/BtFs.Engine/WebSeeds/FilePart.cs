using BtFs.Engine.Layout;

namespace BtFs.Engine.WebSeeds;

/// <summary>A part of one file.</summary>
/// <param name="File">Which.</param>
/// <param name="Offset">Its first byte in the file.</param>
/// <param name="Length">Bytes, at least 1.</param>
internal readonly record struct FilePart(FileIndex File, long Offset, long Length);
