using System.Net;
using BtFs.Protocol.Dht;

namespace BtFs.Protocol.Tests.Dht;

public class SwarmFilterTests
{
    // BEP 33, "Test Vectors".
    private const string Expected =
        "F6C3F5EAA07FFD91BDE89F777F26FB2BFF37BDB8FB2BBAA2FD3DDDE7BACFFF75EE7CCBAE" +
        "FE5EEDB1FBFAFF67F6ABFF5E43DDBCA3FD9B9FFDF4FFD3E9DFF12D1BDF59DB53DBE9FA5B" +
        "7FF3B8FDFCDE1AFB8BEDD7BE2F3EE71EBBBFE93BCDEEFE148246C2BC5DBFF7E7EFDCF24F" +
        "D8DC7ADFFD8FFFDFDDFFF7A4BBEEDF5CB95CE81FC7FCFF1FF4FFFFDFE5F7FDCBB7FD79B3" +
        "FA1FC77BFE07FFF905B7B7FFC7FEFEFFE0B8370BB0CD3F5B7F2BD93FEB4386CFDD6F7FD5" +
        "BFAF2E9EBFFFFEECD67ADBF7C67F17EFD5D75EBA6FFEBA7FFF47A91EB1BFBB53E8ABFB57" +
        "62ABE8FF237279BFEFBFEEF5FFC5FEBFDFE5ADFFADFEE1FB737FFFFBFD9F6AEFFEEE76B6" +
        "FD8F72EF";

    [Fact]
    public void The_example_of_BEP_33_comes_out_bit_for_bit()
    {
        var filter = new SwarmFilter();
        for (var i = 0; i <= 255; i++)
        {
            filter.Add(new IPAddress([192, 0, 2, (byte)i]));
        }

        for (var i = 0; i <= 0x3E7; i++)
        {
            filter.Add(IPAddress.Parse($"2001:db8::{i:x}"));
        }

        Assert.Equal(Expected, Convert.ToHexString(filter.Span));
        Assert.InRange(filter.Estimate, 1224.9308, 1224.9309);
    }
}
