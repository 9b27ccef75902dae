using BtFs.Engine;

namespace BtFs.Commands;

/// <summary>What the command line says of TCP and uTP.</summary>
internal static class TransportRequest
{
    /// <summary>By what peers are called and may call.</summary>
    /// <param name="noUtp"><c>--no-utp</c>.</param>
    /// <param name="utpOnly"><c>--utp-only</c>.</param>
    /// <exception cref="CommandException">Nothing would be left.</exception>
    public static PeerTransports Read(bool noUtp, bool utpOnly) => (noUtp, utpOnly) switch
    {
        (true, true) => throw new CommandException(ExitCode.Usage, "--utp-only", "makes no sense with --no-utp"),
        (true, false) => PeerTransports.Tcp,
        (false, true) => PeerTransports.Utp,
        (false, false) => PeerTransports.Both,
    };
}
