namespace BtFs.Protocol.Trackers;

/// <summary>A tracker answered, and said no (BEP 3, <c>failure reason</c>; BEP 15, action 3).</summary>
/// <param name="reason">In the tracker's words, made printable.</param>
public sealed class TrackerRefusedException(string reason) : TrackerException($"The tracker refuses: {reason}");
