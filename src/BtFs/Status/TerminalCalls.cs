using System.Runtime.InteropServices;

namespace BtFs.Status;

/// <summary>The calls of libc about terminals. The console of .NET would write to the terminal by itself, and change it for good.</summary>
internal static unsafe partial class TerminalCalls
{
    public const int Input = 0; // STDIN_FILENO
    public const int Output = 1; // STDOUT_FILENO
    public const int AfterOutput = 1; // TCSADRAIN
    public const nuint WindowSize = 0x5413; // TIOCGWINSZ, asm-generic

    /// <summary>Bytes that hold a struct termios of any libc; it is 60 with glibc and musl.</summary>
    public const int SettingsLength = 256;

    /// <summary>Where c_lflag is in it, and the two of its bits that make a terminal wait for whole lines and show what is typed (ICANON, ECHO; asm-generic).</summary>
    public const int LocalModes = 12;
    public const uint LinesAndEcho = 0x2 | 0x8;

    [LibraryImport("libc", SetLastError = true)]
    public static partial int tcgetattr(int descriptor, byte* settings);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int tcsetattr(int descriptor, int when, byte* settings);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int ioctl(int descriptor, nuint request, void* argument);

    [LibraryImport("libc", SetLastError = true)]
    public static partial nint read(int descriptor, byte* buffer, nuint length);
}
