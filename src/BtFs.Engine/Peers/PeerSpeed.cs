using BtFs.Engine.Layout;

namespace BtFs.Engine.Peers;

/// <summary>How fast a peer answers: the basis of every estimate of when a block will come.</summary>
/// <param name="servesInPulses">Whether it is of a kind that may answer only at the beats of a timer: Transmission.</param>
/// <remarks>
/// The rate counts busy time only (from when an answer to the first request could be here), in windows, so that an idle peer does not
/// look slow. Constants and reasoning: docs/ARCHITECTURE.md, "How much to ask of a peer".
/// </remarks>
internal sealed class PeerSpeed(bool servesInPulses = false)
{
    private const int Block = TorrentLayout.BlockLength;

    /// <summary>How much a block's lateness counts in the running mean.</summary>
    private const double NewLatenessWeight = 0.1;

    /// <summary>A window's rate must grow by this factor for the slow start to go on.</summary>
    private const double GrowthToKeepStarting = 1.15;

    /// <summary>Seconds that the path's round trip may grow before the slow start ends: the queue is on the way already.</summary>
    private const double QueueToEndStarting = 0.03;

    /// <summary>Seconds that any peer may be quiet, and how many times as long as it is wont to be.</summary>
    private const double ShortestPatience = 0.25;
    private const double PausesToBear = 1.5;

    /// <summary>Seconds: a longer pause is no habit of a rate limiter, but a stall.</summary>
    private const double LongestPause = 1.1;

    /// <summary>How much of a habit is forgotten with each block that comes without a pause.</summary>
    private const double HabitKept = 0.985;

    /// <summary>Assumed of a peer that has not shown its rate: enough to be tried, too little to be preferred.</summary>
    private const double UnknownRate = 500_000;

    /// <summary>However long a peer is silent, its rate is not taken for less, bytes per second.</summary>
    private const double LeastRate = 1_000;

    /// <summary>Share of a pulse's bytes that is counted on: a block may have been sent in advance.</summary>
    private const double PulseShare = 0.9;

    private static readonly TimeSpan FirstWindow = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan Window = TimeSpan.FromMilliseconds(400);
    private static readonly TimeSpan UnknownRoundTrip = TimeSpan.FromMilliseconds(100);

    private readonly LowestRoundTrip _path = new();
    private readonly LowestRoundTrip _response = new();
    private readonly ServingPulse _pulse = new();
    private TimeSpan _latestPath;
    private TimeSpan? _busySince;
    private TimeSpan _doubtedAt;
    private readonly BusyRate _rate = new(UnknownRate);
    private double _doubt = 1;
    private double _usualPause;
    private bool _firstAnswerIsDue;
    private double _lastWindowRate;
    private int _startingDepth = 4;
    private bool _isStarting = true;

    /// <summary>Bytes per second while busy, or what its limiter lets it send. A peer that stays silent is believed slower and slower, until it speaks.</summary>
    internal double Rate => Math.Max(Math.Min(_rate.Value, Limit.Rate) / _doubt, LeastRate);

    /// <summary>Its rate limiter, where it shows one.</summary>
    internal UploadLimit Limit { get; } = new(servesInPulses);

    /// <summary>Whether it answers only every <see cref="ServingPulse.Period"/>.</summary>
    internal bool IsPulsed => servesInPulses && _pulse.IsSeen;

    /// <summary>Whether <see cref="Rate"/> was measured.</summary>
    internal bool IsMeasured => _rate.IsMeasured;

    /// <summary>Between a request and the first byte of the answer, at best: the path and the peer's own delay.</summary>
    internal TimeSpan RoundTrip { get; private set; } = UnknownRoundTrip;

    /// <summary>How far the path's round trip is above its shortest: what is queued on it.</summary>
    internal TimeSpan Queueing => _path.Value is { } lowest ? _latestPath - lowest : TimeSpan.Zero;

    /// <summary>Seconds by which blocks came later than expected, on average.</summary>
    internal double Lateness { get; private set; }

    /// <summary>When the last block came, or the first request of a busy spell went out.</summary>
    internal TimeSpan LastSign { get; private set; }

    /// <summary>The path's round trip as the system measures it.</summary>
    internal void UseRoundTrip(TimeSpan measured, TimeSpan now)
    {
        _latestPath = measured;
        _path.Add(measured, now);
        _isStarting &= Queueing.TotalSeconds <= QueueToEndStarting;
        TakeRoundTrip();
    }

    /// <summary>A request goes out.</summary>
    /// <param name="now">The loop's time.</param>
    /// <param name="wasIdle">Whether nothing was outstanding before it.</param>
    internal void Asked(TimeSpan now, bool wasIdle)
    {
        if (wasIdle)
        {
            _busySince = now;
            _firstAnswerIsDue = true;
            _rate.Begin(now + RoundTrip);
            LastSign = now;
        }
    }

    /// <summary>A block has come.</summary>
    /// <param name="now">The loop's time.</param>
    /// <param name="bytes">Its length.</param>
    /// <param name="isIdle">Whether nothing is outstanding after it.</param>
    /// <param name="asked">When it was asked for.</param>
    /// <param name="due">When it was expected.</param>
    internal void Answered(TimeSpan now, int bytes, bool isIdle, TimeSpan asked, TimeSpan due)
    {
        var pause = (now - LastSign - (_firstAnswerIsDue ? RoundTrip : TimeSpan.Zero)).TotalSeconds;
        NotePause(pause);
        // What is queued on the way makes pauses, too.
        _pulse.Answered(now, IsPathFree ? pause : 0);
        Limit.Answered(now, bytes, asked, IsPathFree ? pause : 0, LastSign, isIdle);
        LastSign = now;
        _doubtedAt = now;
        _doubt = 1;
        _firstAnswerIsDue = false;
        Lateness += NewLatenessWeight * (Math.Max((now - due).TotalSeconds, 0) - Lateness);
        NoteResponse(now, now - asked, bytes);
        if (_isStarting)
        {
            _startingDepth++;
        }

        var isSampled = _rate.Add(now, bytes, WindowLength);
        if (isIdle)
        {
            isSampled |= _rate.End(now);
            _busySince = null;
        }

        if (isSampled)
        {
            _isStarting &= _rate.Latest >= _lastWindowRate * GrowthToKeepStarting;
            _lastWindowRate = _rate.Latest;
        }
    }

    /// <summary>Nothing is outstanding any more, though no block came: such a peer is idle, not silent.</summary>
    internal void Rested()
    {
        _busySince = null;
        _rate.GiveUp();
    }

    /// <summary>We did not listen: whatever time has passed says nothing about the peer.</summary>
    internal void Excused(TimeSpan now) => LastSign = _doubtedAt = now;

    /// <summary>Whether it owes something and has been quiet for longer than its rate explains.</summary>
    internal bool IsSilent(TimeSpan now) => _busySince is not null && (now - LastSign).TotalSeconds > Patience;

    /// <summary>Whether it owes something and has been silent so long that it may not come back soon.</summary>
    internal bool IsLongSilent(TimeSpan now) => _busySince is not null && (now - LastSign).TotalSeconds > 2 * Patience;

    /// <summary>Whether it owes something and has been quiet for so long that little more should be asked of it.</summary>
    internal bool IsStalled(TimeSpan now) => _busySince is not null && (now - LastSign).TotalSeconds > 2 + (2 * Block / Math.Max(_rate.Value, LeastRate));

    /// <summary>Time passes. To be called every few hundred milliseconds.</summary>
    internal void Age(TimeSpan now)
    {
        Limit.Age(now);
        if (IsSilent(now) && (now - _doubtedAt).TotalSeconds > 2 * Patience)
        {
            _doubtedAt = now;
            _doubt *= 2;
        }
    }

    /// <summary>Seconds until a block asked for now would be here.</summary>
    /// <param name="bytesBefore">Bytes outstanding before it.</param>
    /// <param name="now">The loop's time.</param>
    internal double Eta(long bytesBefore, TimeSpan now)
    {
        if (!IsPulsed)
        {
            return RoundTrip.TotalSeconds + Lateness + ((bytesBefore + Block) / Rate);
        }

        var bytesOfPulse = Math.Max(PulseShare * ServingPulse.Period * Rate, Block + 1);
        return PulseWait(now) + (ServingPulse.Period * Math.Floor((bytesBefore + Block) / bytesOfPulse));
    }

    /// <summary>Seconds that a block takes which is asked for when nothing is outstanding, at best.</summary>
    internal double EtaAtRest => RoundTrip.TotalSeconds + Lateness + (Block / Rate);

    /// <summary>Seconds until the next answers of a peer that serves in pulses can be here.</summary>
    internal double PulseWait(TimeSpan now) => _pulse.Wait(now, RoundTrip.TotalSeconds);

    /// <summary>How many blocks may be outstanding for what nobody waits for.</summary>
    /// <param name="allowance">Seconds of the peer's rate to keep queued beyond the round trip.</param>
    internal int Depth(double allowance)
    {
        var steady = Math.Max((int)Math.Min((RoundTrip.TotalSeconds + PulseDepth + allowance) * Rate / Block, 10_000) + 1, 2);
        return !_isStarting ? steady
            : IsMeasured ? Math.Min(_startingDepth, 2 * steady)
            : _startingDepth;
    }

    /// <summary>Seconds of its rate that must be queued with it for the next pulse; more where it has to be found out how much it sends in one.</summary>
    private double PulseDepth => !IsPulsed ? 0 : Limit.IsPaced ? ServingPulse.Period : 2 * ServingPulse.Period;

    private bool IsPathFree => Queueing.TotalSeconds < QueueToEndStarting;

    // What is queued on the way is no fault of the peer's.
    private double Patience =>
        Math.Max(Math.Max(ShortestPatience, PausesToBear * Math.Max(_usualPause, IsPulsed ? ServingPulse.Period : 0)), (1.5 * RoundTrip.TotalSeconds) + (2 * Block / Math.Max(_rate.Value, LeastRate)))
        + (2 * Queueing.TotalSeconds);

    private TimeSpan WindowLength => !_isStarting ? Window : FirstWindow > RoundTrip ? FirstWindow : RoundTrip;

    /// <summary>Limiters of libtorrent and Transmission send a share of their rate every half second: such a peer is not silent in between.</summary>
    private void NotePause(double seconds) =>
        _usualPause = seconds <= LongestPause && IsPathFree
            ? Math.Max(seconds, _usualPause * HabitKept)
            : _usualPause * HabitKept;

    private void NoteResponse(TimeSpan now, TimeSpan response, int bytes)
    {
        // Whatever was queued before it, no answer is sooner than the path allows; the block's own way through the peer's link is not path.
        var transfer = IsMeasured ? TimeSpan.FromSeconds(bytes / Rate) : TimeSpan.Zero;
        _response.Add(response > transfer ? response - transfer : TimeSpan.Zero, now);
        TakeRoundTrip();
    }

    private void TakeRoundTrip()
    {
        // Behind a proxy the path ends early, so the answer counts; one that was late for its own reasons is outlived by a better one.
        // Who answers in pulses is always late for his own reasons.
        var path = _path.Value ?? TimeSpan.Zero;
        var response = _response.Value ?? (_path.Value is null ? UnknownRoundTrip : TimeSpan.Zero);
        RoundTrip = path > response || (IsPulsed && _path.Value is not null) ? path : response;
    }
}
