using System.Text;
using BtFs.Fuse.Requests;

namespace BtFs.Fuse.Tests;

public class PendingSignalsTests
{
    private const int Int = 2;
    private const int Kill = 9;
    private const int User1 = 10;
    private const int Alarm = 14;
    private const int TerminalStop = 20;
    private const int Urgent = 23;

    [Theory]
    [InlineData(Kill, 0, true)]
    [InlineData(Int, 0, true)]
    [InlineData(User1, 0, true)]
    [InlineData(Alarm, Alarm, false)]
    [InlineData(Urgent, Urgent, false)]
    [InlineData(Urgent, 0, false)]
    [InlineData(TerminalStop, 0, false)]
    [InlineData(Int, Int, true)]
    public void A_read_ends_for_signals_that_end_programs_and_for_requests_to_stop(int pending, int caught, bool ends) =>
        Assert.Equal(ends, new PendingSignals(Bit(pending), 0, 0, Bit(caught)).EndTheRead);

    [Fact]
    public void A_blocked_or_ignored_signal_ends_nothing()
    {
        Assert.False(new PendingSignals(Bit(Int), Blocked: Bit(Int), 0, 0).EndTheRead);
        Assert.False(new PendingSignals(Bit(Int), 0, Ignored: Bit(Int), 0).EndTheRead);
    }

    [Fact]
    public void The_masks_are_read_from_the_status_of_a_thread()
    {
        var status = "Name:\tSigPnd:\tcat\nSigQ:\t0/9\nSigPnd:\t0000000000000100\nShdPnd:\t0000000000000002\nSigBlk:\t0000000000000004\n"u8.ToArray()
            .Concat(Encoding.ASCII.GetBytes("SigIgn:\t0000000000000008\nSigCgt:\t00000001800042ff\n")).ToArray();

        Assert.True(PendingSignals.TryRead(status, out var signals));
        Assert.Equal(new PendingSignals(0x102, 4, 8, 0x1800042ff), signals);
        Assert.False(PendingSignals.TryRead(status.AsSpan(0, 90), out _));
    }

    [Theory]
    [InlineData("0\n", "0\n", null)]
    [InlineData("20\n", "0\n", 16.0)]
    [InlineData("20\n", "10\n", 8.0)]
    [InlineData("nonsense", "10", 8.0)]
    public void Waiting_ends_before_the_kernel_loses_patience(string usual, string most, double? seconds) =>
        Assert.Equal(seconds, KernelTimeout.Smallest([usual, most])?.TotalSeconds);

    private static ulong Bit(int signal) => signal == 0 ? 0 : 1UL << (signal - 1);
}
