namespace BtFs.Testing.Dht;

/// <summary>How a liar answers.</summary>
internal enum Lie
{
    /// <summary>It knows nobody and keeps nothing.</summary>
    Nothing,

    /// <summary>It names nodes right at the target that do not exist, and peers that do not exist.</summary>
    Inventions,

    /// <summary>It names other liars as if they stood right at the target; asked there, they answer as such, take the announce and lose it.</summary>
    Accomplices,

    /// <summary>It answers pings and nothing else.</summary>
    Silence,

    /// <summary>It answers everything under another id each time.</summary>
    ManyFaces,
}
