using System.Net;
using System.Security.Cryptography;
using BtFs.Engine.Discovery;
using BtFs.Engine.Layout;
using BtFs.Engine.Peers;
using BtFs.Protocol.Metainfo;
using BtFs.Protocol.Peer;

namespace BtFs.Engine.WebSeeds;

/// <summary>The web seeds of one torrent, from the moment on that its files are known (BEP 19, BEP 17). Thread-safe.</summary>
internal sealed class WebSeedGroup : IAsyncDisposable
{
    private readonly List<WebSeedWire> _wires = [];
    private readonly OwnedTasks _running = new();

    /// <summary>Introduces them to the loop as peers.</summary>
    /// <param name="source">Names them. Those that are neither http nor https, come twice or are too many are left out.</param>
    /// <param name="info">The torrent.</param>
    /// <param name="layout">Its arithmetic.</param>
    /// <param name="context">The world around.</param>
    internal WebSeedGroup(TorrentSource source, InfoDictionary info, TorrentLayout layout, WebSeedContext context)
    {
        foreach (var url in Usable(source.WebSeeds))
        {
            Add(TrackerName.Of(url), new WebSeedFiles(url, info, layout), layout, context);
        }

        foreach (var url in Usable(source.HttpSeeds))
        {
            Add(TrackerName.Of(url), new WebSeedPieces(url, source.InfoHash, layout), layout, context);
        }
    }

    /// <summary>Closes them, and waits until nothing of them is under way. Idempotent.</summary>
    public async ValueTask DisposeAsync()
    {
        foreach (var wire in _wires)
        {
            wire.Close("the torrent closes");
        }

        await _running.EndAsync();
    }

    private void Add(string name, IWebSeedForm form, TorrentLayout layout, WebSeedContext context)
    {
        var wire = new WebSeedWire(name, form, layout, context);
        _wires.Add(wire);
        _running.Add(wire.RunAsync(Hello(name, _wires.Count)));
    }

    private static IEnumerable<Uri> Usable(IReadOnlyList<Uri> urls) =>
        urls.Where(url => url.IsAbsoluteUri && url.Scheme is "http" or "https" && url.Host.Length > 0).Distinct().Take(MetainfoLimits.MaxWebSeeds);

    /// <summary>Blame and bans go by address, and two web seeds may share one: so each has one that no peer can have (RFC 6666).</summary>
    private static PeerHello Hello(string name, int number)
    {
        var address = new IPEndPoint(IPAddress.Parse($"100::{number:x}"), 1);
        var id = new PeerId(RandomNumberGenerator.GetBytes(PeerId.Size));
        return new PeerHello(address, id, IsIncoming: true, Fast: true, Extended: false, V2: false) { WebSeed = name };
    }
}
