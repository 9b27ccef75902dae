using System.Runtime.InteropServices;

namespace BtFs.Running;

/// <summary>The home of who runs the program, for when nobody says: mount(8) clears the environment where a line in fstab has <c>user</c>.</summary>
internal static class HomeDirectory
{
    private const string Variable = "HOME";

    // Longer than any line of /etc/passwd; others than that file have their own limits, and are then not believed.
    private const int RoomForStrings = 16_384;

    /// <summary>Sets <c>HOME</c> from the users' directory where it is missing. Not for root, who has places of the system's.</summary>
    public static void Supply()
    {
        if (Environment.GetEnvironmentVariable(Variable) is null && LibC.UserId != 0 && Of(LibC.UserId) is ['/', ..] home)
        {
            Environment.SetEnvironmentVariable(Variable, home);
        }
    }

    /// <summary>A user's home; null where there is no such user.</summary>
    internal static unsafe string? Of(uint user)
    {
        Passwd entry;
        Passwd* found;
        var strings = stackalloc byte[RoomForStrings];
        return LibC.getpwuid_r(user, &entry, strings, RoomForStrings, &found) == 0 && found != null ? Marshal.PtrToStringUTF8((nint)found->Home) : null;
    }

    /// <summary><c>struct passwd</c>, which glibc and musl have alike.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal unsafe struct Passwd
    {
        public byte* Name;
        public byte* Password;
        public uint User;
        public uint Group;
        public byte* Comment;
        public byte* Home;
        public byte* Shell;
    }
}
