namespace BtFs.Fuse;

/// <summary>What was agreed with the kernel when the mount began.</summary>
/// <param name="ProtocolMinor">Minor version of protocol 7 in use.</param>
/// <param name="MaxReadSize">Longest READ, in bytes.</param>
/// <param name="MaxReadahead">How far the kernel reads ahead of a sequential reader, in bytes.</param>
/// <param name="MaxBackground">Reads that may wait at once before the kernel holds back others.</param>
/// <param name="AnswerWithin">
/// When the kernel's administrator has set <c>fs.fuse.default_request_timeout</c> or <c>max_request_timeout</c>, a request left unanswered for longer
/// ends the whole mount: four fifths of the smaller one. <see langword="null"/>: no bound.
/// </param>
public sealed record FuseConnection(int ProtocolMinor, int MaxReadSize, int MaxReadahead, int MaxBackground, TimeSpan? AnswerWithin);
