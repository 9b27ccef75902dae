using System.Runtime.InteropServices;

namespace BtFs.Protocol.Bencode;

/// <summary>Where one value stands in the document. Offsets are in bytes; the value's kind is its first byte.</summary>
/// <param name="Start">First byte.</param>
/// <param name="Content">First byte after the <c>i</c>, <c>l</c>, <c>d</c> or length prefix.</param>
/// <param name="End">First byte after the value.</param>
/// <param name="Next">Number of the token after this value and everything inside it.</param>
[StructLayout(LayoutKind.Sequential)]
internal readonly record struct BencodeToken(int Start, int Content, int End, int Next);
