namespace BtFs.Engine;

/// <summary>Bytes are not here, and whoever opened the reader lets it fetch no more.</summary>
public sealed class FetchRefusedException() : Exception("What is read is not here, and no more is fetched for this reader.");
