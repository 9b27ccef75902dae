using BtFs.Commands;
using BtFs.Engine;
using BtFs.Protocol.Metainfo;
using BtFs.Sources;

namespace BtFs.Libraries;

/// <summary>Reads what is added to a library, now or again.</summary>
/// <param name="request">Which peers are asked first, and where else files may lie.</param>
/// <param name="network">By which way URLs are read.</param>
/// <param name="time">The clock.</param>
internal sealed class LibrarySources(MountRequest request, NetworkOptions network, TimeProvider time)
{
    private readonly PeerLookup _lookup = new(mayAsk: network.Proxy is null);

    /// <summary>Reads a source as it was typed.</summary>
    /// <exception cref="CommandException">It cannot be read, or is no torrent.</exception>
    public async Task<SourceDocument> ReadAsync(string source, CancellationToken cancel) =>
        await WithOptionsAsync(await SourceReader.ReadDocumentAsync(source, _lookup, network, time, cancel), cancel);

    /// <summary>Reads a .torrent.</summary>
    /// <exception cref="CommandException">It is no torrent.</exception>
    public async Task<SourceDocument> OfTorrentAsync(string subject, ReadOnlyMemory<byte> torrent, CancellationToken cancel) =>
        await WithOptionsAsync(SourceReader.OfTorrent(subject, torrent), cancel);

    /// <summary>Reads what was remembered.</summary>
    /// <exception cref="CommandException">It is damaged.</exception>
    public async Task<SourceDocument> OfAsync(RememberedTorrent remembered, CancellationToken cancel)
    {
        var subject = remembered.InfoHash.ToString();
        var document = remembered.Torrent is { } torrent
            ? await OfTorrentAsync(subject, torrent, cancel)
            : await ReadAsync(remembered.Magnet ?? "", cancel);
        if (!document.Source.InfoHash.Equals(remembered.InfoHash))
        {
            throw new CommandException(ExitCode.Source, subject, "it holds another torrent than its name says");
        }

        return remembered.Info is { } info ? document with { Source = document.Source with { Info = TryParse(info) } } : document;
    }

    private async Task<SourceDocument> WithOptionsAsync(SourceDocument document, CancellationToken cancel)
    {
        var byHand = await Task.WhenAll(request.Peers.Select(peer => _lookup.ResolveAsync(peer, cancel)));
        return document with
        {
            Source = document.Source with
            {
                LookIn = request.SeedFrom,
                Peers = [.. byHand.SelectMany(addresses => addresses), .. document.Source.Peers],
            },
        };
    }

    private static InfoDictionary? TryParse(ReadOnlyMemory<byte> info)
    {
        try
        {
            return InfoDictionary.Parse(info);
        }
        catch (MetainfoException)
        {
            // The swarm can tell it again.
            return null;
        }
    }
}
