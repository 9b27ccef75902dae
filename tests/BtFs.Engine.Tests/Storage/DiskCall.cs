namespace BtFs.Engine.Tests.Storage;

/// <summary>One thing that was asked of a <see cref="ModelDisk"/>.</summary>
internal abstract record DiskCall
{
    internal sealed record Create(string Name, ModelFile File) : DiskCall;

    internal sealed record Rename(string From, string To) : DiskCall;

    internal sealed record Delete(string Name) : DiskCall;

    internal sealed record SynchronizeNames : DiskCall;

    internal sealed record Write(ModelFile File, long Offset, byte[] Bytes) : DiskCall;

    internal sealed record SetLength(ModelFile File, long Length) : DiskCall;

    internal sealed record SynchronizeFile(ModelFile File) : DiskCall;
}
