using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using BtFs.Fuse.Abi;

namespace BtFs.Fuse.Replies;

/// <summary>Takes the entries of a directory in the form the kernel asked for, with or without attributes.</summary>
public ref struct DirectoryWriter
{
    /// <summary>Longest name, in bytes (<c>NAME_MAX</c>).</summary>
    public const int MaxNameLength = 255;

    private const int RecordAlignment = 8;

    private readonly Span<byte> _buffer;

    /// <param name="buffer">Takes the records; those that do not fit whole are refused.</param>
    /// <param name="withAttributes">Whether READDIRPLUS was asked rather than READDIR.</param>
    public DirectoryWriter(Span<byte> buffer, bool withAttributes)
    {
        _buffer = buffer;
        WithAttributes = withAttributes;
    }

    /// <summary>Whether the kernel wants more of an entry than its name, inode number and kind. Each entry taken then counts as one lookup.</summary>
    public readonly bool WithAttributes { get; }

    /// <summary>Bytes of the buffer in use.</summary>
    public int Written { get; private set; }

    /// <summary>An entry was refused for lack of room.</summary>
    public bool IsFull { get; private set; }

    /// <summary>Adds an entry.</summary>
    /// <param name="name">1 to 255 bytes without slash or zero. <c>.</c> and <c>..</c> are entries like others, except that they are never lookups.</param>
    /// <param name="nextCookie">The cookie with which listing goes on after this entry; never 0.</param>
    /// <param name="entry">Inode number and kind always; the rest only if <see cref="WithAttributes"/>.</param>
    /// <returns><see langword="false"/> if it does not fit: stop here; the kernel comes back with the previous entry's cookie.</returns>
    /// <exception cref="ArgumentException">The kernel would refuse the whole listing because of this name.</exception>
    public bool TryAdd(ReadOnlySpan<byte> name, ulong nextCookie, in NodeEntry entry)
    {
        if (name.IsEmpty || name.Length > MaxNameLength || name.ContainsAny((byte)'/', (byte)0))
        {
            throw new ArgumentException($"A name of {name.Length} bytes that is empty, too long, or holds a slash or a zero.", nameof(name));
        }

        var prefix = WithAttributes ? Unsafe.SizeOf<EntryOut>() : 0;
        var unpadded = prefix + Unsafe.SizeOf<DirectoryEntry>() + name.Length;
        var length = (unpadded + RecordAlignment - 1) & -RecordAlignment;
        if (IsFull || length > _buffer.Length - Written)
        {
            IsFull = true;
            return false;
        }

        var record = _buffer.Slice(Written, length);
        if (WithAttributes)
        {
            var isDots = name.SequenceEqual("."u8) || name.SequenceEqual(".."u8);
            var full = isDots ? default : EntryOut.From(entry);
            MemoryMarshal.Write(record, in full);
        }

        var header = new DirectoryEntry
        {
            Inode = entry.Attributes.Inode,
            NextCookie = nextCookie,
            NameLength = (uint)name.Length,
            Kind = (uint)entry.Attributes.Kind,
        };
        MemoryMarshal.Write(record[prefix..], in header);
        name.CopyTo(record[(prefix + Unsafe.SizeOf<DirectoryEntry>())..]);
        record[unpadded..].Clear();
        Written += length;
        return true;
    }
}
