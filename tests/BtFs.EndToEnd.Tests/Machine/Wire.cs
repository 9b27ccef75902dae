using System.Globalization;
using System.Net;

namespace BtFs.EndToEnd.Machine;

/// <summary>A wire between the machine's own network and another.</summary>
/// <param name="Here">The name of this end.</param>
/// <param name="There">The name of the end in the other network.</param>
/// <param name="HereAddress">The address of this end.</param>
/// <param name="ThereAddress">The address of the other end.</param>
internal sealed record Wire(string Here, string There, IPAddress HereAddress, IPAddress ThereAddress)
{
    /// <summary>Packets that came over it to this end.</summary>
    public long Received => long.Parse(File.ReadAllText($"/sys/class/net/{Here}/statistics/rx_packets"), CultureInfo.InvariantCulture);
}
