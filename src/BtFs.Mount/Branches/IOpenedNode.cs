using BtFs.Fuse;
using BtFs.Fuse.Replies;

namespace BtFs.Mount.Branches;

/// <summary>One opening of one file. Safe from any thread; disposed at release.</summary>
internal interface IOpenedNode : IDisposable
{
    /// <inheritdoc cref="OpenedFile.IsDirect"/>
    bool IsDirect => false;

    /// <inheritdoc cref="FuseFileSystem.TryRead"/>
    bool TryRead(in ReadArguments arguments, ReadReply reply);

    /// <inheritdoc cref="FuseFileSystem.ReadAsync"/>
    ValueTask ReadAsync(ReadArguments arguments, ReadReply reply, CancellationToken interrupted);

    /// <inheritdoc cref="FuseFileSystem.Write"/>
    Errno Write(in WriteArguments arguments, ReadOnlySpan<byte> bytes) => Errno.EBADF;

    /// <inheritdoc cref="FuseFileSystem.FlushAsync"/>
    ValueTask<Errno> FlushAsync() => new(Errno.None);
}
