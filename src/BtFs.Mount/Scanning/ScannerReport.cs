namespace BtFs.Mount.Scanning;

/// <summary>What a program has done on a mount so far, at one moment.</summary>
/// <param name="Program">Its name: one of ours, or one that the user has given.</param>
/// <param name="State">How it stands now.</param>
/// <param name="Openings">Files opened, or not opened because it is denied.</param>
/// <param name="BytesRead">Bytes that the kernel asked for on its behalf; 0 unless it is bounded.</param>
/// <param name="BytesFetched">Bytes that had to be fetched for that, in whole pieces.</param>
/// <param name="Refusals">Openings and reads that failed with EACCES.</param>
public sealed record ScannerReport(string Program, ScannerState State, long Openings, long BytesRead, long BytesFetched, long Refusals);
