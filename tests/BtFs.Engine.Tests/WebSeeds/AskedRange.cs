namespace BtFs.Engine.Tests.WebSeeds;

/// <summary>A request as a <see cref="FileServer"/> has read it.</summary>
/// <param name="Number">How many came before it, over all connections.</param>
/// <param name="Target">What stands behind GET.</param>
/// <param name="From">The first byte of its range.</param>
/// <param name="To">The last, included; −1 where it names none.</param>
/// <param name="Headers">All lines, for tests that look closer.</param>
internal sealed record AskedRange(int Number, string Target, long From, long To, IReadOnlyList<string> Headers)
{
    internal long Length => To - From + 1;
}
