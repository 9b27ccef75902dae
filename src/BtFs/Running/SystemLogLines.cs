using System.Globalization;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Logging;

namespace BtFs.Running;

/// <summary>The system's log, syslog or journald, through its datagram socket (RFC 3164): the place for a process without a terminal.</summary>
/// <remarks>The socket itself, not syslog(3), whose variable arguments P/Invoke cannot pass on every processor.</remarks>
internal sealed class SystemLogLines : ILogLines
{
    private const string SocketPath = "/dev/log";
    private const int UserFacility = 1 << 3; // LOG_USER
    private const int LongestMessage = 2048;

    private readonly Socket _socket = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified) { Blocking = false };
    private readonly string _tag = $"btfs[{Environment.ProcessId.ToString(CultureInfo.InvariantCulture)}]";

    /// <inheritdoc/>
    public void Write(LogLevel level, string text)
    {
        var message = Encoding.UTF8.GetBytes($"<{UserFacility | Severity(level)}>{_tag}: {text}");
        try
        {
            _socket.SendTo(message.AsSpan(0, Math.Min(message.Length, LongestMessage)), SocketFlags.None, new UnixDomainSocketEndPoint(SocketPath));
        }
        catch (SocketException)
        {
            // No log daemon, or a busy one: the mount matters more.
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _socket.Dispose();

    /// <summary>The severities of syslog(3).</summary>
    private static int Severity(LogLevel level) => level switch
    {
        LogLevel.Critical => 2,
        LogLevel.Error => 3,
        LogLevel.Warning => 4,
        LogLevel.Information => 6,
        _ => 7,
    };
}
