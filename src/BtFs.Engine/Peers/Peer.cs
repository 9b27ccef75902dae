using System.Net;
using BtFs.Engine.Layout;
using BtFs.Engine.Reports;
using BtFs.Engine.Verifying;
using BtFs.Protocol.Peer;

namespace BtFs.Engine.Peers;

/// <summary>One connected peer, as the loop knows it. Owned by the loop.</summary>
internal sealed class Peer(IPeerWire wire, PeerHello hello, TimeSpan connectedAt)
{
    /// <summary>Requests that a peer takes when it does not say (`reqq`): what clients without BEP 10 are known to allow.</summary>
    internal const int DefaultRequestLimit = 250;

    /// <summary>Requests outstanding at one peer, whatever it allows.</summary>
    internal const int MaxRequestLimit = 500;

    /// <summary>Requests for readers who wait that a peer of unknown speed is given at a time, if there are others to ask.</summary>
    private const int UnknownUrgentDepth = 32;

    /// <summary>Seconds of a peer's rate that readers who wait may have queued with it beyond the round trip, if there are others to ask.</summary>
    private const double UrgentAllowance = 0.25;

    /// <summary>Seconds before the pulse of a peer that serves in pulses at which it is asked for what nobody waits for: until then a reader's blocks come first.</summary>
    private const double BeforePulse = 0.15;

    private bool _chokesUs = true;
    private bool _needsFlush;
    private int _counted;

    internal IPeerWire Wire { get; } = wire;
    internal PeerHello Hello { get; } = hello;
    internal TimeSpan ConnectedAt { get; } = connectedAt;

    /// <summary>Whether it is a web server (BEP 19): it has everything, wants nothing and hears nothing but requests.</summary>
    internal bool IsWebSeed => Hello.WebSeed is not null;

    internal PeerPieces Pieces { get; } = new();
    internal PeerSpeed Speed { get; } = new(servesInPulses: hello.Id.IsOf("-TR"u8));
    internal QueueAllowance Allowance { get; } = new();
    internal RequestQueue Requests { get; } = new();
    internal CancelHabit Cancels { get; } = new(hello);

    /// <summary>Whether it is among the best, which are kept almost free for the next urgent read.</summary>
    internal bool IsExpress { get; set; }

    /// <summary>Whether it is so much slower than the fastest that it should not be given what is needed first.</summary>
    internal bool IsSlow { get; set; }

    /// <summary>Pieces it lets us ask for while it chokes us (BEP 6).</summary>
    internal HashSet<int> AllowedFast { get; } = [];

    /// <summary>Pieces of which it has just refused a block: it is not asked again at once, or both would only talk of refusals.</summary>
    internal HashSet<int> Refused { get; } = [];

    /// <summary>Blocks refused though it did not choke us; too many and it is of no use.</summary>
    internal int Refusals { get; set; }

    /// <summary>Blocks it wants of us, in the order asked.</summary>
    internal LinkedList<PeerMessage.Request> Wanted { get; } = [];

    /// <summary>Its ids for our messages (BEP 10); 0 where it does not take them.</summary>
    internal byte MetadataExtension { get; set; }
    internal byte DontHaveExtension { get; set; }
    internal byte ExchangeExtension { get; set; }
    internal byte HolepunchExtension { get; set; }

    /// <summary>What it calls itself (BEP 10, <c>v</c>): one printable line; null where it does not say.</summary>
    internal string? Client { get; set; }

    /// <summary>The address at which it sees us, as it says; null where it does not.</summary>
    internal IPAddress? SeesUsAt { get; set; }

    /// <summary>The info dictionary's size as it says, or 0.</summary>
    internal long MetadataSize { get; set; }

    /// <summary>The next piece it is to be told of, if it was taken in before we knew what we have; else null.</summary>
    internal int? TellFrom { get; set; }

    /// <summary>What is told to whoever has it in the same turn; shared by all peers of a torrent.</summary>
    internal PeerTurn Turn { get; init; } = new();

    internal bool ChokesUs
    {
        get => _chokesUs;
        set
        {
            _chokesUs = value;
            Free();
        }
    }

    internal bool IsInterested { get; set; }
    internal bool IsChoked { get; set; } = true;
    internal bool WeAreInterested { get; set; }

    /// <summary>Requests outstanding at most: its own limit and ours.</summary>
    internal int RequestLimit { get; set; } = DefaultRequestLimit;

    /// <summary>Whether it had a hand in a piece that failed, and has not been cleared since.</summary>
    internal bool IsSuspect { get; set; }

    /// <summary>Whether it was sent away: nothing is asked of it and nothing it says counts, though its wire has yet to end.</summary>
    internal bool IsLeaving { get; private set; }

    /// <summary>Whether something was queued on its wire this turn.</summary>
    internal bool NeedsFlush
    {
        get => _needsFlush;
        set
        {
            if (value && !_needsFlush)
            {
                Turn.ToFlush.Add(this);
            }

            _needsFlush = value;
        }
    }

    /// <summary>Whether it is in <see cref="PeerTurn.Freed"/>.</summary>
    internal bool IsFreed { get; set; }

    internal long BytesFrom { get; set; }
    internal long BytesTo { get; set; }

    /// <summary>How fast those grow.</summary>
    internal RecentRate RateFrom { get; } = new(connectedAt);
    internal RecentRate RateTo { get; } = new(connectedAt);

    /// <summary>Bytes of the info dictionary asked of us.</summary>
    internal long MetadataBytesTo { get; set; }

    /// <summary>Useful bytes since the choker last looked.</summary>
    internal long RecentBytesFrom { get; set; }

    internal TimeSpan UnchokedAt { get; set; }

    /// <summary>Requests that made no sense; too many end the connection.</summary>
    internal int InvalidRequests { get; set; }

    /// <summary>Requests refused since <see cref="RefusedSince"/>; too many in a short time end the connection.</summary>
    internal int RefusedRequests { get; set; }

    internal TimeSpan RefusedSince { get; set; }

    /// <summary>Whether it may be asked for blocks of a piece: it has that and serves us, and no neighbour does.</summary>
    internal bool CanAsk(PieceIndex piece) =>
        Serves(piece) && (Turn.Preferred is not { } neighbour || neighbour == this || !neighbour.Serves(piece));

    /// <summary>Blocks that may still be asked of it for what nobody waits for.</summary>
    /// <param name="ceiling">Seconds that the situation permits at most beyond the round trip; negative for nothing at all.</param>
    internal int RoomAhead(double ceiling) =>
        ceiling < 0 ? 0 : Math.Min(Speed.Depth(Allowance.Within(ceiling)), RequestLimit) - Requests.Count;

    /// <summary>Blocks that may still be asked of it for a reader who waits.</summary>
    /// <param name="isOnly">Whether nobody else could be asked. Else the last blocks stay free for whoever turns out to be quicker.</param>
    internal int RoomUrgent(bool isOnly)
    {
        var room = RequestLimit - Requests.Count;
        return isOnly ? room : Math.Min(room, (Speed.IsMeasured ? Speed.Depth(UrgentAllowance) : UnknownUrgentDepth) - Requests.Urgent);
    }

    /// <summary>Blocks that may be asked of it now, so that its rate limit is not used up when a reader comes: any number where it has none.</summary>
    internal int RoomPaced(TimeSpan now)
    {
        if (!Speed.Limit.IsPaced || !Speed.IsPulsed)
        {
            return Speed.Limit.Room(now);
        }

        var isDue = Speed.PulseWait(now) - Speed.RoundTrip.TotalSeconds < BeforePulse;
        return isDue && Requests.Urgent == 0 ? Math.Max(Speed.Limit.RoomInPulse - Requests.Count, 0) : 0;
    }

    /// <summary>It may be able to take requests, or others than before.</summary>
    internal void Free()
    {
        if (!IsFreed)
        {
            IsFreed = true;
            Turn.Freed.Add(this);
        }
    }

    /// <summary>Sends the peer away.</summary>
    internal void Close(string reason)
    {
        IsLeaving = true;
        Wire.Close(reason);
    }

    /// <summary>Asks the system how far away it is.</summary>
    internal void MeasureRoundTrip(TimeSpan now)
    {
        if (Wire.RoundTrip is { } roundTrip)
        {
            Speed.UseRoundTrip(roundTrip, now);
        }
    }

    /// <summary>Looks at how fast it gives and takes.</summary>
    internal void MeasureRates(TimeSpan now)
    {
        RateFrom.Reached(BytesFrom, now);
        RateTo.Reached(BytesTo, now);
    }

    /// <summary>What is worth telling of it.</summary>
    internal PeerReport Report(TimeSpan now) => new()
    {
        Address = Hello.Address,
        WebSeed = Hello.WebSeed,
        Client = Client ?? (IsWebSeed ? "web server" : Hello.Id.ToString()),
        IsUtp = Hello.IsUtp,
        IsEncrypted = Hello.IsEncrypted,
        IsIncoming = Hello.IsIncoming,
        ConnectedFor = now - ConnectedAt,
        PiecesHeld = Pieces.Count,
        DownloadRate = RateFrom.At(BytesFrom, now),
        UploadRate = RateTo.At(BytesTo, now),
        BytesFrom = BytesFrom,
        BytesTo = BytesTo,
        RoundTrip = Speed.RoundTrip,
        Requested = Requests.Count,
        Wanted = Wanted.Count,
        ChokesUs = ChokesUs,
        WeChoke = IsChoked,
        IsInterested = IsInterested,
        WeAreInterested = WeAreInterested,
        IsSuspect = IsSuspect,
    };

    internal void Send(PeerMessage message)
    {
        Wire.Send(message);
        NeedsFlush = true;
    }

    /// <summary>Asks for a block.</summary>
    internal void Ask(BlockRef block, PieceAssembly target, bool isUrgent, TimeSpan now)
    {
        var due = now + TimeSpan.FromSeconds(Speed.Eta(Requests.Bytes, now));
        Speed.Asked(now, Requests.IsEmpty);
        Speed.Limit.Asked(now, block.Length, isUrgent, Requests.IsEmpty);
        Requests.Add(block, now, due, isUrgent);
        CountRequests();
        Wire.Request(block, target, isUrgent);
        NeedsFlush = true;
    }

    /// <summary>A block has come, asked for or not.</summary>
    internal void Answer(BlockRef block, TimeSpan now)
    {
        var wasCancelled = Requests.IsCancelled(block);
        Free();
        if (!Requests.Remove(block, out var asked, out var due))
        {
            return;
        }

        CountRequests();
        if (wasCancelled)
        {
            Cancels.Answered(wasSpared: false);
        }

        Speed.Answered(now, block.Length, Requests.IsEmpty, asked, due);
        Refusals -= Refusals > 0 ? 1 : 0;
    }

    /// <summary>A request has ended without a block: the peer refused it.</summary>
    /// <returns>Whether it was outstanding.</returns>
    internal bool Refuse(BlockRef block)
    {
        if (Requests.IsCancelled(block))
        {
            Cancels.Answered(wasSpared: true);
        }

        Free();
        var was = Requests.Remove(block, out _, out _);
        CountRequests();
        if (Requests.IsEmpty)
        {
            Speed.Rested();
        }

        return was;
    }

    /// <summary>Gives up on answers to cancelled requests that are long overdue, and cancels no more on a peer that gives none.</summary>
    internal void ForgetTakenBack()
    {
        if (Requests.ForgetTakenBack())
        {
            Cancels.Unanswered();
            CountRequests();
            if (Requests.IsEmpty)
            {
                Speed.Rested();
            }
        }
    }

    /// <summary>The peer owes nothing any more.</summary>
    /// <returns>What it owed and was not taken back.</returns>
    internal List<BlockRef> VoidRequests()
    {
        Speed.Rested();
        var live = Requests.TakeAll();
        CountRequests();
        return live;
    }

    /// <summary>Takes a request back, where that can have an effect.</summary>
    internal void Cancel(BlockRef block)
    {
        // Elsewhere the peer is left alone: it is the same few blocks either way.
        if (Cancels.IsWorthwhile && Requests.MarkCancelled(block))
        {
            Wire.Cancel(block);
            NeedsFlush = true;
        }
    }

    private bool Serves(PieceIndex piece) =>
        !IsLeaving && Pieces.Has(piece) && (!ChokesUs || AllowedFast.Contains(piece.Value)) && !Refused.Contains(piece.Value);

    private void CountRequests()
    {
        Turn.Outstanding += Requests.Count - _counted;
        _counted = Requests.Count;
    }
}
