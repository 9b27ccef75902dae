using System.Runtime.InteropServices;

namespace BtFs.Fuse.Abi;

/// <summary><c>struct fuse_in_header</c>: the start of each request.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct RequestHeader
{
    /// <summary>Bytes of the request, this header included.</summary>
    public uint Length;
    public Opcode Opcode;

    /// <summary>Names the request in its reply. An INTERRUPT carries that of its target with the lowest bit set.</summary>
    public ulong Unique;
    public ulong Node;
    public uint UserId;
    public uint GroupId;
    public uint ThreadId;
    public ushort ExtensionLength;
    public ushort Padding;
}

/// <summary><c>struct fuse_out_header</c>: the start of each reply.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct ReplyHeader
{
    /// <summary>Bytes of the reply, this header included.</summary>
    public uint Length;

    /// <summary>0, or an errno with a minus sign; then nothing follows.</summary>
    public int NegativeErrno;
    public ulong Unique;
}
