namespace BtFs.Engine.Discovery;

/// <summary>A torrent's trackers in the order in which they are asked (BEP 12): shuffled within each tier, those that answer in front.</summary>
internal sealed class TrackerTiers
{
    private readonly List<List<AnnouncedTracker>> _tiers = [];

    public TrackerTiers(IReadOnlyList<IReadOnlyList<ITracker>> tiers, Random random)
    {
        foreach (var tier in tiers)
        {
            var trackers = tier.Select(tracker => new AnnouncedTracker(tracker)).ToArray();
            random.Shuffle(trackers);
            _tiers.Add([.. trackers]);
        }
    }

    /// <summary>All of them, in order.</summary>
    public IEnumerable<AnnouncedTracker> All => _tiers.SelectMany(tier => tier);

    /// <summary>When the next announce is due: at the wish of the first tracker that answers, or else when the first may be tried again.</summary>
    public TimeSpan Due => All.FirstOrDefault(tracker => tracker.Answers)?.Due ?? All.Min(tracker => tracker.Due);

    /// <summary>When some tracker may be asked, if it must be early.</summary>
    public TimeSpan NotBefore => All.Min(tracker => tracker.NotBefore);

    /// <summary>Moves a tracker that answered to the front of its tier.</summary>
    public void MoveToFront(AnnouncedTracker tracker)
    {
        var tier = _tiers.Find(tier => tier.Contains(tracker))!;
        tier.Remove(tracker);
        tier.Insert(0, tracker);
    }
}
