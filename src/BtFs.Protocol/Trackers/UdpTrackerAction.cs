namespace BtFs.Protocol.Trackers;

/// <summary>What a UDP tracker's packet is (BEP 15).</summary>
internal enum UdpTrackerAction
{
    Connect = 0,
    Announce = 1,
    Scrape = 2,
    Error = 3,
}
