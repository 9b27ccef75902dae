namespace BtFs.Playing;

/// <summary>What somebody wants to be played.</summary>
/// <param name="Pattern">Which files: see <see cref="MediaChoice.Named"/>; null for the usual ones.</param>
/// <param name="Folder">Where the player works, absolute.</param>
internal sealed record PlayWish(string? Pattern, string Folder);
