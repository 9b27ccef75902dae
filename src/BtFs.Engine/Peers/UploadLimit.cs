using BtFs.Engine.Layout;

namespace BtFs.Engine.Peers;

/// <summary>The rate limit of a peer that sends in steps, and how much of it may be asked for what nobody waits for. Owned by the loop.</summary>
/// <param name="servesInPulses">Whether it may be one that pauses without a limit, because it looks at requests only now and then (<see cref="ServingPulse"/>):
/// then only a pause that a request outlived says that the share was used up.</param>
/// <remarks>
/// <code>
/// step:  │■■■■■■           │■■■■■■           │      sent as fast as the path allows, then nothing until the next share
/// </code>
/// The limiters of libtorrent and Transmission hand out a share of the rate every half second. Where something is always queued, each
/// share is spent in the moment in which it is given, and a reader's block waits for the next one, however short the queue: with one
/// block kept queued at a libtorrent seed of 500 kB/s, seven more take 0.44 s. Where a little less than the limit is asked for, evenly,
/// a part of the share is always left, of which libtorrent saves more than a second's worth: at nine tenths the same seven take 2 ms.
/// So the limit is measured while steps show, and what is not urgent is paced below it from then on, until it is looked for again.
/// </remarks>
internal sealed class UploadLimit(bool servesInPulses = false)
{
    /// <summary>Share of the limit that is asked for, what readers wait for among it.</summary>
    internal const double PacedShare = 0.9;

    /// <summary>The same for one that serves in pulses, of which no share can be saved.</summary>
    internal const double PulseShare = 0.85;

    /// <summary>A peer that keeps quiet for so long between bursts may be limited; for longer, it is something else. Seconds.</summary>
    private const double ShortestPause = 0.2;
    private const double LongestPause = 1.1;

    /// <summary>How much of what came before it a pause must be: a slow peer is quiet between any two blocks, but for no longer than each of them takes.</summary>
    private const double PauseToBurst = 0.5;
    private const int BytesOfStep = 3 * TorrentLayout.BlockLength;

    /// <summary>Shares are given at the beats of a clock, and sometimes a beat late; a step that is off by more than that, in seconds, is another trouble.</summary>
    private const double Beat = 0.5;
    private const double Jitter = 0.06;

    /// <summary>How much the rate of a step may be above or below that of those before it: shares differ by a block or two.</summary>
    private const double Alike = 1.35;

    /// <summary>Steps, and time in them, of which the limit is told: so many alike, and on the beat, are no accident. Of who is known for it, fewer do.</summary>
    private const int EnoughSteps = 5;
    private const int EnoughStepsInPulses = 2;
    private static readonly TimeSpan EnoughTime = TimeSpan.FromSeconds(1.5);

    /// <summary>A peer that owes nothing for longer is idle: then what it sends says nothing about what it may send.</summary>
    private static readonly TimeSpan Continuous = TimeSpan.FromMilliseconds(30);

    /// <summary>How long a limit is believed, and for how long it is then looked for without pacing.</summary>
    private static readonly TimeSpan BelieveFor = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan LookFor = TimeSpan.FromSeconds(4);

    /// <summary>Seconds of the limit that nothing is asked for once it is known: the share that is left for readers begins with that.</summary>
    private const double FirstSavings = 0.25;

    /// <summary>Seconds of the paced rate that may be asked for at a time, after a time without; and that readers may have had in advance.</summary>
    private const double MostSaved = 0.2;
    private const double MostOwed = 0.5;

    /// <summary>A paced peer that pauses though no reader has taken its share is asked for this much less, but not for ever.</summary>
    private const double Correction = 0.95;
    private const double MostCorrected = 0.75;
    private static readonly TimeSpan CorrectEvery = TimeSpan.FromSeconds(0.5);
    private static readonly TimeSpan UrgentMemory = TimeSpan.FromSeconds(1);

    private TimeSpan? _stepSince;
    private TimeSpan? _idleSince;
    private long _stepBytes;
    private int _steps;
    private long _bytes;
    private TimeSpan _time;
    private TimeSpan _measuredAt;
    private TimeSpan _urgentAt = -UrgentMemory;
    private TimeSpan _nextCorrection;
    private TimeSpan _earnedAt;
    private double _tokens;
    private double _measured;

    /// <summary>Bytes per second; infinite while no steps were seen.</summary>
    internal double Rate { get; private set; } = double.PositiveInfinity;

    /// <summary>Whether what nobody waits for is to be asked of it evenly.</summary>
    internal bool IsPaced { get; private set; }

    /// <summary>Blocks that may be asked of it now for what nobody waits for. Without a limit: any number.</summary>
    internal int Room(TimeSpan now)
    {
        if (!IsPaced)
        {
            return int.MaxValue;
        }

        Earn(now);
        return Math.Max((int)(_tokens / TorrentLayout.BlockLength), 0);
    }

    /// <summary>Blocks that may be asked of it for one pulse, for what nobody waits for, if it serves in pulses.</summary>
    internal int RoomInPulse => Math.Max((int)(PulseShare * ServingPulse.Period * Rate / TorrentLayout.BlockLength), 1);

    /// <summary>A request goes out.</summary>
    /// <param name="now">The loop's time.</param>
    /// <param name="bytes">What it asks for.</param>
    /// <param name="isUrgent">Whether a reader waits for it.</param>
    /// <param name="wasIdle">Whether nothing was outstanding before it.</param>
    internal void Asked(TimeSpan now, int bytes, bool isUrgent, bool wasIdle)
    {
        _urgentAt = isUrgent ? now : _urgentAt;
        if (wasIdle && (_idleSince is not { } since || now - since > Continuous))
        {
            ForgetSteps();
        }

        _idleSince = null;
        if (IsPaced)
        {
            Earn(now);
            _tokens = Math.Max(_tokens - bytes, -MostOwed * PacedShare * Rate);
        }
    }

    /// <summary>A block has come.</summary>
    /// <param name="now">The loop's time.</param>
    /// <param name="bytes">Its length.</param>
    /// <param name="asked">When it was asked for.</param>
    /// <param name="pause">Seconds of silence before it, its round trip not counted.</param>
    /// <param name="lastSign">When the silence began.</param>
    /// <param name="isIdle">Whether nothing is outstanding after it.</param>
    internal void Answered(TimeSpan now, int bytes, TimeSpan asked, double pause, TimeSpan lastSign, bool isIdle)
    {
        if (pause > LongestPause)
        {
            ForgetSteps();
        }
        else if (pause >= ShortestPause)
        {
            EndStep(now, asked, pause, lastSign);
            if (!servesInPulses && IsPaced && now > _measuredAt && now - _urgentAt > UrgentMemory && now >= _nextCorrection)
            {
                _nextCorrection = now + CorrectEvery;
                Rate = Math.Max(Rate * Correction, MostCorrected * _measured);
                _tokens = Math.Min(_tokens, 0) - (FirstSavings * Rate);
            }
        }

        _stepBytes += bytes;
        _idleSince = isIdle ? now : null;
    }

    /// <summary>Time passes. To be called every few hundred milliseconds.</summary>
    internal void Age(TimeSpan now)
    {
        if (!double.IsPositiveInfinity(Rate))
        {
            IsPaced = now - _measuredAt < BelieveFor;
            Rate = now - _measuredAt < BelieveFor + LookFor ? Rate : double.PositiveInfinity;
        }
    }

    /// <summary>The silence between two shares is over: what came since the last one is a step, if the peer was quiet for much of it.</summary>
    private void EndStep(TimeSpan now, TimeSpan asked, double pause, TimeSpan lastSign)
    {
        if (_stepSince is { } since && IsOnBeat(now - since) && _stepBytes >= BytesOfStep
            && (!servesInPulses || asked < since) && pause >= PauseToBurst * (lastSign - since).TotalSeconds)
        {
            if (!IsLikeTheOthers(_stepBytes / (now - since).TotalSeconds))
            {
                ForgetSteps();
            }

            _steps++;
            _bytes += _stepBytes;
            _time += now - since;
            if (_steps >= (servesInPulses ? EnoughStepsInPulses : EnoughSteps) && _time >= EnoughTime)
            {
                Settle(now, _bytes / _time.TotalSeconds);
                ForgetSteps();
            }
        }
        else
        {
            ForgetSteps();
        }

        _stepSince = now;
        _stepBytes = 0;
    }

    private bool IsLikeTheOthers(double rate)
    {
        var usual = _bytes / _time.TotalSeconds;
        return _steps == 0 || (rate <= usual * Alike && rate >= usual / Alike);
    }

    private static bool IsOnBeat(TimeSpan length)
    {
        var beats = length.TotalSeconds / Beat;
        return Math.Abs(beats - Math.Round(beats)) * Beat <= Jitter;
    }

    private void Settle(TimeSpan now, double rate)
    {
        Rate = _measured = rate;
        IsPaced = true;
        _measuredAt = _earnedAt = now;
        _tokens = -FirstSavings * rate;
    }

    private void Earn(TimeSpan now)
    {
        var most = Math.Max(MostSaved * PacedShare * Rate, 2 * TorrentLayout.BlockLength);
        _tokens = Math.Min(_tokens + (PacedShare * Rate * (now - _earnedAt).TotalSeconds), most);
        _earnedAt = now;
    }

    private void ForgetSteps()
    {
        _stepSince = null;
        _steps = 0;
        _bytes = 0;
        _time = TimeSpan.Zero;
    }
}
