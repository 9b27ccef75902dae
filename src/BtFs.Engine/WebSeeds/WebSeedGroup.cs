using System.Net;
using System.Security.Cryptography;
using BtFs.Engine.Discovery;
using BtFs.Engine.Layout;
using BtFs.Engine.Peers;
using BtFs.Protocol.Metainfo;
using BtFs.Protocol.Peer;

namespace BtFs.Engine.WebSeeds;

/// <summary>The web seeds of one torrent, from the moment on that its files are known (BEP 19). Thread-safe.</summary>
internal sealed class WebSeedGroup : IAsyncDisposable
{
    private readonly List<WebSeedWire> _wires = [];
    private readonly OwnedTasks _running = new();

    /// <summary>Introduces them to the loop as peers.</summary>
    /// <param name="urls">Those that are neither http nor https, come twice or are too many are left out.</param>
    /// <param name="info">The torrent.</param>
    /// <param name="layout">Its arithmetic.</param>
    /// <param name="context">The world around.</param>
    internal WebSeedGroup(IReadOnlyList<Uri> urls, InfoDictionary info, TorrentLayout layout, WebSeedContext context)
    {
        foreach (var url in urls.Where(IsUsable).Distinct().Take(MetainfoLimits.MaxWebSeeds))
        {
            var name = TrackerName.Of(url);
            var wire = new WebSeedWire(name, new WebSeedFiles(url, info, layout), layout, context);
            _wires.Add(wire);
            _running.Add(wire.RunAsync(Hello(name, _wires.Count)));
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

    private static bool IsUsable(Uri url) => url.IsAbsoluteUri && url.Scheme is "http" or "https" && url.Host.Length > 0;

    /// <summary>Blame and bans go by address, and two web seeds may share one: so each has one that no peer can have (RFC 6666).</summary>
    private static PeerHello Hello(string name, int number)
    {
        var address = new IPEndPoint(IPAddress.Parse($"100::{number:x}"), 1);
        var id = new PeerId(RandomNumberGenerator.GetBytes(PeerId.Size));
        return new PeerHello(address, id, IsIncoming: true, Fast: true, Extended: false, V2: false) { WebSeed = name };
    }
}
