namespace BtFs.Protocol.Trackers;

/// <summary>A tracker cannot be asked, did not answer, or answered with what no tracker should.</summary>
/// <param name="message">One sentence for people; without the tracker's URL, whose path may hold a passkey.</param>
/// <param name="inner">What the network said, if it did.</param>
public class TrackerException(string message, Exception? inner = null) : Exception(message, inner);
