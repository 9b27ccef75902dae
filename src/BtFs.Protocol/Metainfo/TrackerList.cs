namespace BtFs.Protocol.Metainfo;

/// <summary>Tracker URLs while they are being read: no empty tier, no URL twice, and neither too many.</summary>
internal sealed class TrackerList
{
    private readonly List<IReadOnlyList<string>> _tiers = [];
    private readonly HashSet<string> _known = [];

    public IReadOnlyList<IReadOnlyList<string>> Tiers => _tiers;

    public void AddTier(IEnumerable<string> urls)
    {
        if (_tiers.Count == MetainfoLimits.MaxTrackerTiers)
        {
            return;
        }

        var tier = new List<string>();
        foreach (var url in urls)
        {
            if (_known.Count < MetainfoLimits.MaxTrackers && _known.Add(url))
            {
                tier.Add(url);
            }
        }

        if (tier.Count > 0)
        {
            _tiers.Add(tier);
        }
    }
}
