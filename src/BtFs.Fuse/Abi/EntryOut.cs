using System.Runtime.InteropServices;

namespace BtFs.Fuse.Abi;

/// <summary><c>struct fuse_entry_out</c>: the answer to LOOKUP, and the first part of a READDIRPLUS record.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct EntryOut
{
    public ulong Node;
    public ulong Generation;
    public ulong NameValidSeconds;
    public ulong AttributesValidSeconds;
    public uint NameValidNanoseconds;
    public uint AttributesValidNanoseconds;
    public KernelAttributes Attributes;

    public static EntryOut From(in NodeEntry entry)
    {
        var (nameSeconds, nameNanoseconds) = Validity.Split(entry.NameValidFor);
        var (seconds, nanoseconds) = Validity.Split(entry.Attributes.ValidFor);
        return new()
        {
            Node = entry.Node.Value,
            NameValidSeconds = nameSeconds,
            NameValidNanoseconds = nameNanoseconds,
            AttributesValidSeconds = seconds,
            AttributesValidNanoseconds = nanoseconds,
            Attributes = KernelAttributes.From(entry.Attributes),
        };
    }
}
