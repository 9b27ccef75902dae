using System.Buffers.Text;

namespace BtFs.Fuse.Requests;

/// <summary>The signals of one thread, as <c>/proc/TID/status</c> tells them.</summary>
/// <remarks>
/// The kernel sends INTERRUPT for every signal that reaches a reader. Most are no reason to fail its read: a Go program sends itself SIGURG all the
/// time, and its files would fail with EINTR at random (golang/go#40846). So the read ends only if the signal ends the program, or if it is one by
/// which people and shells ask a program to stop, even if it has a handler for it.
/// </remarks>
internal readonly record struct PendingSignals(ulong Pending, ulong Blocked, ulong Ignored, ulong Caught)
{
    private static readonly ulong AsksToStop = Mask(Hangup, Interrupt, Quit, Terminate);

    /// <summary>Those whose default does not end a program: it goes on, or is stopped for a while and then goes on (signal(7)).</summary>
    private static readonly ulong Survivable = Mask(Child, Continue, Stop, TerminalStop, TerminalInput, TerminalOutput, Urgent, WindowChanged);

    private const int Hangup = 1;
    private const int Interrupt = 2;
    private const int Quit = 3;
    private const int Terminate = 15;
    private const int Child = 17;
    private const int Continue = 18;
    private const int Stop = 19;
    private const int TerminalStop = 20;
    private const int TerminalInput = 21;
    private const int TerminalOutput = 22;
    private const int Urgent = 23;
    private const int WindowChanged = 28;

    /// <summary>Whether the reader is to be let go at once.</summary>
    public bool EndTheRead
    {
        get
        {
            var delivered = Pending & ~Blocked & ~Ignored;
            return (delivered & ((~Caught & ~Survivable) | AsksToStop)) != 0;
        }
    }

    /// <summary>Reads the five masks out of a status file.</summary>
    /// <returns><see langword="false"/> if one of them is missing.</returns>
    public static bool TryRead(ReadOnlySpan<byte> status, out PendingSignals signals)
    {
        signals = default;
        if (!TryMask(status, "\nSigPnd:\t"u8, out var ofThread) || !TryMask(status, "\nShdPnd:\t"u8, out var ofProcess)
            || !TryMask(status, "\nSigBlk:\t"u8, out var blocked) || !TryMask(status, "\nSigIgn:\t"u8, out var ignored)
            || !TryMask(status, "\nSigCgt:\t"u8, out var caught))
        {
            return false;
        }

        signals = new PendingSignals(ofThread | ofProcess, blocked, ignored, caught);
        return true;
    }

    private static bool TryMask(ReadOnlySpan<byte> status, ReadOnlySpan<byte> label, out ulong mask)
    {
        mask = 0;
        var start = status.IndexOf(label);
        return start >= 0 && Utf8Parser.TryParse(status[(start + label.Length)..], out mask, out _, 'x');
    }

    private static ulong Mask(params ReadOnlySpan<int> signals)
    {
        var mask = 0UL;
        foreach (var signal in signals)
        {
            mask |= 1UL << (signal - 1);
        }

        return mask;
    }
}
