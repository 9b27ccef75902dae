namespace BtFs.Mount.Scanning;

/// <summary>What the user has said of programs. Names as <c>ps -o comm</c> shows them or of the program's file, without its folder.</summary>
public sealed record ProgramRules
{
    /// <summary>Programs that read like everybody else, though they are known as scanners.</summary>
    public IReadOnlyList<string> Allowed { get; init; } = [];

    /// <summary>Programs that may read nothing: opening a file fails with EACCES.</summary>
    public IReadOnlyList<string> Denied { get; init; } = [];
}
