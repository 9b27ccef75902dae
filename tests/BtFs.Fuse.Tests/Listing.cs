using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using BtFs.Fuse.Abi;

namespace BtFs.Fuse.Tests;

/// <summary>Reads a directory listing the way the kernel does.</summary>
internal static class Listing
{
    /// <summary>Adds the names of a listing and returns the cookie to go on with.</summary>
    public static ulong Add(ReadOnlySpan<byte> body, bool withAttributes, List<string> names)
    {
        var cookie = 0UL;
        while (!body.IsEmpty)
        {
            if (withAttributes)
            {
                body = body[Unsafe.SizeOf<EntryOut>()..];
            }

            var entry = MemoryMarshal.Read<DirectoryEntry>(body);
            var length = Unsafe.SizeOf<DirectoryEntry>() + (int)entry.NameLength;
            names.Add(Encoding.UTF8.GetString(body[Unsafe.SizeOf<DirectoryEntry>()..length]));
            cookie = entry.NextCookie;
            body = body[((length + 7) & -8)..];
        }

        return cookie;
    }
}
