using BtFs.Engine.Layout;
using BtFs.Protocol.Metainfo;

namespace BtFs.Engine.Storage;

/// <summary>Opens the store of a torrent, once it is known what is in it.</summary>
/// <param name="info">What is in it.</param>
/// <param name="layout">Its arithmetic.</param>
/// <param name="news">Whom to tell of what the store finds and loses.</param>
/// <exception cref="IOException">The cache folder cannot be used, or another process has it.</exception>
internal delegate Task<IRangeStore> OpenStore(InfoDictionary info, TorrentLayout layout, StoreNews news);
