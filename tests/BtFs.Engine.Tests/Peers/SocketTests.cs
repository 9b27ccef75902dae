namespace BtFs.Engine.Tests.Peers;

public class SocketTests
{
    // fcntl.h of Linux, octal 02000000.
    private const int CloseOnExec = 0x80000;

    [Fact]
    public async Task A_program_that_we_start_inherits_no_connection()
    {
        using var listener = Loopback.Listen();
        var (ours, theirs) = await Loopback.PairAsync();
        foreach (var socket in new[] { listener, ours, theirs })
        {
            var flags = File.ReadLines($"/proc/self/fdinfo/{socket.Handle}").First(line => line.StartsWith("flags:", StringComparison.Ordinal));
            Assert.Equal(CloseOnExec, Convert.ToInt32(flags["flags:".Length..].Trim(), 8) & CloseOnExec);
        }

        ours.Dispose();
        theirs.Dispose();
    }
}
