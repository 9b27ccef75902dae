using System.Text;
using BtFs.Engine.Reports;

namespace BtFs.Engine.Torrents;

/// <summary>Puts together what is told of a torrent: the loop's part is asked for by an event, the rest is there for any thread. Thread-safe.</summary>
/// <param name="source">The torrent.</param>
/// <param name="outside">Knows who names peers.</param>
/// <param name="inbox">The way to the loop.</param>
/// <param name="time">The clock.</param>
internal sealed class TorrentReporter(TorrentSource source, TorrentOutside outside, TorrentInbox inbox, TimeProvider time)
{
    /// <summary>For so long a report serves everybody who asks: the loop has other things to do.</summary>
    internal static readonly TimeSpan Fresh = TimeSpan.FromMilliseconds(200);

    /// <summary>Pieces with more copies than this are counted as one.</summary>
    private const int CopiesTold = 64;

    private readonly Lock _lock = new();
    private Task<TorrentReport>? _latest;
    private long _askedAt;
    private TransferParts? _parts;
    private OpenReaders? _readers;

    /// <summary>The content is known.</summary>
    internal void Opened(TransferParts parts, OpenReaders readers)
    {
        _readers = readers;
        Volatile.Write(ref _parts, parts);
    }

    /// <summary>The report; a fifth of a second old at most.</summary>
    /// <exception cref="ContentUnavailableException">The torrent is closing.</exception>
    internal Task<TorrentReport> AskAsync()
    {
        lock (_lock)
        {
            if (_latest is null || time.GetElapsedTime(_askedAt) >= Fresh)
            {
                _askedAt = time.GetTimestamp();
                _latest = MakeAsync();
            }

            return _latest;
        }
    }

    private async Task<TorrentReport> MakeAsync()
    {
        var asked = new TorrentEvent.ReportAsked();
        inbox.Post(asked);
        var swarm = await asked.Answer.Task;
        var parts = Volatile.Read(ref _parts);
        return new TorrentReport
        {
            InfoHash = source.InfoHash,
            Name = parts is null ? source.DisplayName : Encoding.UTF8.GetString(parts.Info.Name.Span),
            State = parts is null ? TorrentState.Resolving : parts.Pieces.IsComplete ? TorrentState.Complete : TorrentState.Incomplete,
            IsPrivate = (parts?.Info ?? source.Info) is { IsPrivate: true },
            Length = parts?.Layout.TotalLength ?? 0,
            Status = swarm.Status,
            DownloadRate = swarm.DownloadRate,
            UploadRate = swarm.UploadRate,
            BytesWasted = swarm.BytesWasted,
            Peers = swarm.Peers,
            Readers = _readers?.Report(swarm.Waits) ?? [],
            Pieces = parts is null ? null : PiecesOf(parts),
            Sources = outside.Sources,
        };
    }

    private static PiecesReport PiecesOf(TransferParts parts)
    {
        var copies = parts.Copies.Histogram(CopiesTold + 1);
        return new PiecesReport
        {
            PieceLength = parts.Layout.PieceLength,
            Count = parts.Layout.PieceCount,
            Have = parts.Pieces.HaveCount,
            UnderWay = parts.Pieces.UnderWay,
            Runs = parts.Pieces.Runs(PiecesReport.MaxRuns),
            RarestCopies = parts.Layout.PieceCount == 0 ? 0 : Array.FindIndex(copies, pieces => pieces > 0),
            Copies = copies[..(Array.FindLastIndex(copies, pieces => pieces > 0) + 1)],
        };
    }
}
