using System.Net;
using BtFs.Engine.Peers;
using BtFs.Engine.Reports;

namespace BtFs.Engine.Torrents;

/// <summary>What the loop may set going in the world outside. Each call returns at once; what comes of it is posted back.</summary>
internal interface ITorrentLinks
{
    /// <summary>Opens a connection: <see cref="TorrentEvent.PeerConnected"/> or <see cref="TorrentEvent.DialFailed"/> follows.</summary>
    /// <param name="address">Whom to call.</param>
    /// <param name="patience">How long to wait for a connection.</param>
    /// <param name="way">By what.</param>
    void Dial(IPEndPoint address, TimeSpan patience, DialWay way);

    /// <summary>Asks the trackers and the DHT for more addresses, as far as manners allow.</summary>
    void FindPeers();

    /// <summary>A peer says that it runs a DHT node (BEP 5, PORT).</summary>
    void MeetNode(IPEndPoint address);

    /// <summary>The last missing piece is here: trackers are told once (BEP 3, event "completed").</summary>
    void ContentCompleted();

    /// <summary>Who names peers, and what came of asking them.</summary>
    PeerSources Sources => PeerSources.None;

    /// <summary>The info dictionary has arrived and its hash is right: <see cref="TorrentEvent.TransferOpened"/> follows.</summary>
    void MetadataArrived(byte[] info);
}
