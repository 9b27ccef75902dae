namespace BtFs.Doctor;

/// <summary>What was found about one thing that a mount needs.</summary>
/// <param name="Name">The thing, in a word or two.</param>
/// <param name="Verdict">How it is.</param>
/// <param name="Text">What was found, one phrase.</param>
/// <param name="Remedy">What to do, one sentence; or null.</param>
internal sealed record Check(string Name, Verdict Verdict, string Text, string? Remedy = null)
{
    /// <summary>All is well.</summary>
    public static Check Ok(string name, string text) => new(name, Verdict.Ok, text);

    /// <summary>Mounting works, but not all of it.</summary>
    public static Check Warning(string name, string text, string remedy) => new(name, Verdict.Warning, text, remedy);

    /// <summary>Mounting does not work.</summary>
    public static Check Problem(string name, string text, string remedy) => new(name, Verdict.Problem, text, remedy);
}

/// <summary>How a thing is.</summary>
internal enum Verdict
{
    /// <summary>As it should be.</summary>
    Ok,

    /// <summary>Something will be slower, or missing.</summary>
    Warning,

    /// <summary>It prevents mounting.</summary>
    Problem,
}
