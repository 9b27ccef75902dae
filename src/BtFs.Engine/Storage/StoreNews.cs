using BtFs.Engine.Layout;

namespace BtFs.Engine.Storage;

/// <summary>What a store tells of by itself. Called on any thread; must only post.</summary>
/// <param name="Found">A piece that was missing can be read.</param>
/// <param name="Lost">A piece is no longer here.</param>
internal sealed record StoreNews(Action<PieceIndex> Found, Action<PieceIndex> Lost);
