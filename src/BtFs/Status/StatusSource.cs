using System.Diagnostics;
using System.Text;
using BtFs.Engine;
using BtFs.Mount.Control;
using BtFs.Mount.Scanning;
using BtFs.Running;
using BtFs.Status.Document;

namespace BtFs.Status;

/// <summary>Tells how a mount stands: the files of its <c>.btfs</c> folder. Safe from any thread.</summary>
/// <param name="mount">What does not change.</param>
/// <param name="engine">The engine.</param>
/// <param name="scans">The programs that look into many files.</param>
/// <param name="torrents">The torrents at this moment.</param>
/// <param name="log">The last lines of the log.</param>
/// <param name="time">The clock.</param>
internal sealed class StatusSource(
    MountEntry mount, TorrentEngine engine, ScanLedger scans, Func<IReadOnlyList<ShownTorrent>> torrents, RecentLogLines log, TimeProvider time)
{
    /// <summary>Columns of the tables in files, which nobody cuts to a screen.</summary>
    private const int Width = 160;

    /// <summary>The files.</summary>
    public IReadOnlyList<ControlDocument> Files =>
    [
        new("status.json", async cancel => StatusJson.Write(await TakeAsync(cancel))),
        new("status.txt", cancel => TextAsync(StatusPage.Lines, cancel)),
        new("peers", cancel => TextAsync(PeerTable.Lines, cancel)),
        new("pieces", cancel => TextAsync(PieceTable.Lines, cancel)),
        new("log", _ => Task.FromResult(Encoding.UTF8.GetBytes(log.Text))),
    ];

    /// <summary>How it stands now.</summary>
    public async Task<StatusDocument> TakeAsync(CancellationToken cancel)
    {
        var entries = new List<TorrentEntry>();
        foreach (var shown in torrents())
        {
            try
            {
                entries.Add(TorrentEntries.Of(shown, await shown.Torrent.ReportAsync(cancel)));
            }
            catch (ContentUnavailableException)
            {
                // It is closing: there is nothing to tell of it any more.
            }
        }

        var shared = engine.Report();
        return new StatusDocument
        {
            Version = StatusDocument.CurrentVersion,
            Time = time.GetUtcNow(),
            Mount = mount,
            Network = new NetworkEntry { ListenPort = shared.ListenPort, DhtNodes = shared.DhtNodes, Connections = shared.Connections },
            Cache = new CacheEntry
            {
                MemoryUsed = shared.MemoryUsed,
                MemoryLimit = shared.MemoryLimit,
                DiskUsed = shared.DiskUsed,
                DiskLimit = shared.DiskLimit,
                Directory = shared.Directory,
            },
            Scanners = [.. scans.Programs.Select(Of)],
            Torrents = entries,
        };
    }

    private static ScannerEntry Of(ScannerReport program) => new()
    {
        Program = program.Program,
        State = program.State switch
        {
            ScannerState.Sampling => "sampling",
            ScannerState.OverBudget => "over budget",
            ScannerState.Allowed => "allowed",
            ScannerState.Denied => "denied",
            _ => throw new UnreachableException($"A program that is {program.State}."),
        },
        Openings = program.Openings,
        BytesRead = program.BytesRead,
        BytesFetched = program.BytesFetched,
        Refusals = program.Refusals,
    };

    private async Task<byte[]> TextAsync(Func<StatusDocument, PageStyle, IEnumerable<string>> lines, CancellationToken cancel)
    {
        var text = new StringBuilder();
        foreach (var line in lines(await TakeAsync(cancel), new PageStyle { Width = Width }))
        {
            text.Append(line).Append('\n');
        }

        return Encoding.UTF8.GetBytes(text.ToString());
    }
}
