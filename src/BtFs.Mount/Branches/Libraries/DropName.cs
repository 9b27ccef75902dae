namespace BtFs.Mount.Branches.Libraries;

/// <summary>Which files may be dropped into a library, by their names.</summary>
internal static class DropName
{
    /// <summary>Whether such a file is taken when it is complete.</summary>
    public static bool IsTaken(ReadOnlySpan<byte> name) => EndsWith(name, ".torrent"u8) && name.Length > ".torrent"u8.Length;

    /// <summary>
    /// Whether such a file may be made: one that is taken, or what programs call it until they rename it: <c>film.torrent.part</c> (browsers),
    /// <c>.film.torrent.Ab12Cd</c> (rsync), <c>.goutputstream-Ab12Cd</c> (file managers of GNOME).
    /// </summary>
    public static bool IsAccepted(ReadOnlySpan<byte> name) => name.StartsWith(".goutputstream-"u8) || Contains(name, ".torrent"u8);

    private static bool Contains(ReadOnlySpan<byte> name, ReadOnlySpan<byte> part)
    {
        for (var end = part.Length; end <= name.Length; end++)
        {
            if (EndsWith(name[..end], part))
            {
                return true;
            }
        }

        return false;
    }

    private static bool EndsWith(ReadOnlySpan<byte> name, ReadOnlySpan<byte> end) =>
        name.Length >= end.Length && System.Text.Ascii.EqualsIgnoreCase(name[^end.Length..], end);
}
