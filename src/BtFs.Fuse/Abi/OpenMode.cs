using System.Runtime.InteropServices;

namespace BtFs.Fuse.Abi;

/// <summary>What the flags of <c>open(2)</c> say, in the kernel's own values.</summary>
internal static class OpenMode
{
    private const uint AccessMask = 3;
    private const uint Truncate = 0x200;

    /// <summary><c>O_DIRECT</c>: one of the few flags whose value depends on the machine.</summary>
    private static readonly uint Direct =
        RuntimeInformation.ProcessArchitecture is Architecture.Arm64
            or Architecture.Arm
            ? 0x10000u
            : 0x4000u;

    public static bool IsForWriting(uint flags) => (flags & AccessMask) != 0 || (flags & Truncate) != 0;

    public static bool IsDirect(uint flags) => (flags & Direct) != 0;
}
