using System.Net;
using BtFs.Engine.Peers;

namespace BtFs.Engine.Tests.Peers;

public class PeerBookTests
{
    private static readonly IPEndPoint Somebody = new(IPAddress.Parse("10.0.0.1"), 6881);
    private readonly PeerBook _book = new();

    [Fact]
    public void An_address_that_fails_is_tried_again_later_and_later()
    {
        _book.Add(Somebody, isNamed: false);
        var now = TimeSpan.Zero;
        var gaps = new List<double>();
        for (var i = 0; i < 12; i++)
        {
            Fail(now);
            var due = NextDue(now, isEager: true);
            gaps.Add((due - now).TotalSeconds);
            now = due;
        }

        Assert.Equal([30, 60, 120, 240, 480, 960, 1920, 3600, 3600, 3600, 3600, 3600], gaps);
    }

    [Fact]
    public void An_address_that_the_user_named_is_tried_every_two_seconds_while_a_reader_waits()
    {
        _book.Add(Somebody, isNamed: true);
        for (var i = 0; i < 20; i++)
        {
            Fail(TimeSpan.FromMinutes(i * 10));
        }

        var last = TimeSpan.FromMinutes(190);
        Assert.Equal(TimeSpan.FromSeconds(2), NextDue(last, isEager: true) - last);
        Assert.Equal(TimeSpan.FromSeconds(60), NextDue(last, isEager: false) - last);
    }

    [Fact]
    public void An_address_is_not_dialed_while_it_is_being_dialed_or_is_connected()
    {
        _book.Add(Somebody, isNamed: true);
        _book.Dialed(Somebody, TimeSpan.Zero);
        Assert.Equal(1, _book.Dialing);
        Assert.Empty(Due(TimeSpan.FromDays(1)));

        _book.Connected(Somebody, TimeSpan.Zero);
        Assert.Equal(0, _book.Dialing);
        Assert.Empty(Due(TimeSpan.FromDays(1)));

        _book.Left(Somebody, wasUseful: true, quickness: null, TimeSpan.FromDays(1));
        Assert.Equal(0, _book.Dialing);
        Assert.Equal([Somebody], Due(TimeSpan.FromDays(1) + TimeSpan.FromSeconds(1)));
    }

    [Fact]
    public void A_ban_in_the_middle_of_a_dial_leaves_no_dial_behind_and_is_for_ever_and_every_port()
    {
        _book.Add(Somebody, isNamed: true);
        _book.Dialed(Somebody, TimeSpan.Zero);
        _book.Ban(Somebody.Address);
        Assert.Equal(0, _book.Dialing);

        _book.DialFailed(Somebody, TimeSpan.Zero);
        _book.Connected(Somebody, TimeSpan.Zero);
        Assert.Equal(0, _book.Dialing);

        _book.Add(new IPEndPoint(Somebody.Address, 1), isNamed: true);
        Assert.Equal(0, _book.Count);
        Assert.True(_book.IsBanned(Somebody.Address));
    }

    [Fact]
    public void Good_addresses_are_tried_before_unknown_ones_and_those_before_failed_ones()
    {
        IPEndPoint failed = new(IPAddress.Parse("10.0.0.2"), 1), unknown = new(IPAddress.Parse("10.0.0.3"), 1), good = new(IPAddress.Parse("10.0.0.4"), 1);
        foreach (var address in new[] { failed, unknown, good })
        {
            _book.Add(address, isNamed: false);
        }

        Visit(failed, wasUseful: false);
        Visit(good, wasUseful: true);

        Assert.Equal([good, unknown, failed], Due(TimeSpan.FromHours(1)));
        Assert.Equal([good], _book.Due(TimeSpan.FromHours(1), isEager: true, count: 1));
        Assert.Empty(_book.Due(TimeSpan.FromHours(1), isEager: true, count: -3));
    }

    [Fact]
    public void Peers_of_last_time_are_called_before_strangers_the_quickest_first_and_once()
    {
        _book.Add(At(1), isNamed: false);
        _book.Remember(new RememberedPeer(At(2), 0.5, SpeaksUtp: false, TimeSpan.FromDays(1)), isFromTracker: false, TimeSpan.Zero);
        _book.Remember(new RememberedPeer(At(3), 0.1, SpeaksUtp: true, TimeSpan.FromDays(29)), isFromTracker: false, TimeSpan.Zero);
        Assert.Equal([At(3), At(2), At(1)], _book.Due(TimeSpan.Zero, isEager: true, 10));
        Assert.Equal((DialWay.Both, DialWay.TcpFirst), (_book.WayTo(At(3)), _book.WayTo(At(2))));

        _book.Dialed(At(3), TimeSpan.Zero);
        _book.DialFailed(At(3), TimeSpan.Zero);
        var later = TimeSpan.FromHours(2);
        Assert.Equal([At(2), At(1), At(3)], _book.Due(later, isEager: true, 10));

        // Still worth a try the next time, after those that were there; for longer than a month nobody is remembered.
        Assert.Equal([At(2), At(3)], _book.Memorable(fromTrackersAlone: false, later).Select(peer => peer.Address));
        Assert.Equal([At(2)], _book.Memorable(fromTrackersAlone: false, TimeSpan.FromDays(2)).Select(peer => peer.Address));
    }

    [Fact]
    public void Of_a_private_torrent_only_those_are_remembered_whom_a_tracker_named()
    {
        foreach (var number in new[] { 1, 2 })
        {
            _book.Add(At(number), isNamed: false);
            _book.IsUseful(At(number), 0.1, TimeSpan.Zero);
        }

        _book.NamedByTracker(At(2));
        Assert.Equal([At(2)], _book.Memorable(fromTrackersAlone: true, TimeSpan.Zero).Select(peer => peer.Address));
        Assert.Equal(2, _book.Memorable(fromTrackersAlone: false, TimeSpan.Zero).Count);
    }

    [Theory]
    [InlineData("10.0.0.1", 0)]
    [InlineData("0.0.0.0", 1)]
    [InlineData("::", 1)]
    [InlineData("255.255.255.255", 1)]
    [InlineData("224.0.0.1", 1)]
    [InlineData("ff02::1", 1)]
    public void Addresses_at_which_nobody_can_be_are_not_learned(string address, int port)
    {
        _book.Add(new IPEndPoint(IPAddress.Parse(address), port), isNamed: true);

        Assert.Equal(0, _book.Count);
    }

    [Fact]
    public void A_flood_of_addresses_fills_the_book_but_those_that_keep_failing_make_room()
    {
        for (var i = 0; i < PeerBook.MaxKnown + 50; i++)
        {
            _book.Add(At(i), isNamed: false);
        }

        Assert.Equal(PeerBook.MaxKnown, _book.Count);
        Assert.DoesNotContain(At(PeerBook.MaxKnown), Due(TimeSpan.Zero));

        for (var i = 0; i < 3; i++)
        {
            Visit(At(7), wasUseful: false);
        }

        _book.Add(Somebody, isNamed: false);
        Assert.Equal(PeerBook.MaxKnown, _book.Count);
        Assert.Contains(Somebody, Due(TimeSpan.Zero));
        Assert.DoesNotContain(At(7), Due(TimeSpan.FromDays(1)));
    }

    private static IPEndPoint At(int i) => new(new IPAddress([11, 0, (byte)(i >> 8), (byte)(i & 0xff)]), 6881);

    private List<IPEndPoint> Due(TimeSpan now) => _book.Due(now, isEager: true, count: int.MaxValue);

    private void Visit(IPEndPoint address, bool wasUseful)
    {
        _book.Dialed(address, TimeSpan.Zero);
        if (wasUseful)
        {
            _book.Connected(address, TimeSpan.Zero);
            _book.Left(address, wasUseful, quickness: null, TimeSpan.Zero);
        }
        else
        {
            _book.DialFailed(address, TimeSpan.Zero);
        }
    }

    private void Fail(TimeSpan now)
    {
        _book.Dialed(Somebody, now);
        _book.DialFailed(Somebody, now);
        Assert.Equal(0, _book.Dialing);
    }

    private TimeSpan NextDue(TimeSpan from, bool isEager)
    {
        var now = from;
        while (_book.Due(now, isEager, count: 1).Count == 0)
        {
            now += TimeSpan.FromMilliseconds(500);
        }

        return now;
    }
}
