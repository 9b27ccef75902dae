using System.Text;
using BtFs.Engine.Picking;

namespace BtFs.Engine.Torrents;

/// <summary>Says in the log why a read waits for long, and when that is over: one stall at a time. Owned by the loop.</summary>
internal sealed class StallWatch(TransferParts parts, DemandBook demand, WaitReports reports, LoopContext context)
{
    /// <summary>A read that has waited for so long stalls.</summary>
    internal static readonly TimeSpan StallsAfter = TimeSpan.FromSeconds(3);

    /// <summary>Between the beginnings of two stalls that are told of.</summary>
    internal static readonly TimeSpan TellEvery = TimeSpan.FromMinutes(1);

    private Wish? _told;
    private string _toldOf = "";
    private TimeSpan _tellFrom;

    /// <summary>Time has passed.</summary>
    internal void Tick(TimeSpan now)
    {
        if (_told is { } told)
        {
            LookAtEnd(told, now);
        }
        else if (now >= _tellFrom && Longest() is { } wish && now - wish.Since >= StallsAfter)
        {
            var report = reports.Of(wish, context.Links.Sources, now);
            _told = wish;
            _tellFrom = now + TellEvery;
            _toldOf = $"piece {report.Piece} of {NameOf(report.File.Value)}";
            Log.Stalled(context.Log, _toldOf, report.Reason);
        }
    }

    private void LookAtEnd(Wish told, TimeSpan now)
    {
        if (told.Granted.IsCompletedSuccessfully)
        {
            Log.CameAfterAll(context.Log, _toldOf, (now - told.Since).TotalSeconds);
        }
        else if (told.Granted.IsCompleted || !demand.Waiting.Wishes.Contains(told))
        {
            Log.NotWaitedFor(context.Log, _toldOf, (now - told.Since).TotalSeconds);
        }
        else
        {
            return;
        }

        _told = null;
    }

    private Wish? Longest() => demand.HasWaiters ? demand.Waiting.Wishes.MinBy(wish => wish.Since) : null;

    private string NameOf(int file)
    {
        var path = parts.Info.Files[file].Path;
        return Encoding.UTF8.GetString(path.Count == 0 ? parts.Info.Name.Span : path[^1].Span);
    }
}
