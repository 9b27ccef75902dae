using System.Text;

namespace BtFs.Running;

/// <summary>Short extended attributes of files (xattr(7)).</summary>
internal static unsafe class ExtendedAttributes
{
    private const int MaxBytes = 256;

    /// <summary>An attribute as text; null where there is none, or no such file.</summary>
    public static string? Read(string path, string name)
    {
        var value = stackalloc byte[MaxBytes];
        fixed (byte* pathBytes = Encoding.UTF8.GetBytes(path + '\0'), nameBytes = Encoding.UTF8.GetBytes(name + '\0'))
        {
            var length = LibC.getxattr(pathBytes, nameBytes, value, MaxBytes);
            return length < 0 ? null : Encoding.UTF8.GetString(value, (int)length);
        }
    }
}
