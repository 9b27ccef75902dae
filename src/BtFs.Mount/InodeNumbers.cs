using System.Buffers.Binary;
using System.IO.Hashing;
using System.Text;
using BtFs.Engine.Layout;
using BtFs.Protocol.Metainfo;

namespace BtFs.Mount;

/// <summary>Inode numbers that never change: media servers, rsync and backups know a file again in every mount of its torrent.</summary>
/// <remarks>
/// A number is a hash of the infohash and the file's index, for a folder of the infohash and its path. It keeps to 63 bits, since some programs store
/// it signed. Where two hashes meet, the one asked for later takes the next free number; the tree asks in a fixed order.
/// </remarks>
internal sealed class InodeNumbers(InfoHash torrent)
{
    /// <summary>The number of the root, in every FUSE file system.</summary>
    public const ulong Root = 1;

    private readonly HashSet<ulong> _taken = [0, Root];

    /// <summary>The number of a file or link.</summary>
    public ulong Of(FileIndex file)
    {
        Span<byte> key = stackalloc byte[InfoHash.Size + 1 + sizeof(int)];
        torrent.CopyTo(key);
        key[InfoHash.Size] = (byte)'f';
        BinaryPrimitives.WriteInt32LittleEndian(key[(InfoHash.Size + 1)..], file.Value);
        return Take(XxHash3.HashToUInt64(key));
    }

    /// <summary>The number of a folder.</summary>
    /// <param name="path">Its path from the root of the mount.</param>
    public ulong Of(string path)
    {
        var key = new byte[InfoHash.Size + 1 + Encoding.UTF8.GetByteCount(path)];
        torrent.CopyTo(key);
        key[InfoHash.Size] = (byte)'d';
        Encoding.UTF8.GetBytes(path, key.AsSpan(InfoHash.Size + 1));
        return Take(XxHash3.HashToUInt64(key));
    }

    /// <summary>The number a hash leads to.</summary>
    internal ulong Take(ulong hash)
    {
        var number = hash & long.MaxValue;
        while (!_taken.Add(number))
        {
            number = (number + 1) & long.MaxValue;
        }

        return number;
    }
}
