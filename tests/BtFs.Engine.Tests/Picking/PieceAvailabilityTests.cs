using BtFs.Engine.Layout;
using BtFs.Engine.Picking;

namespace BtFs.Engine.Tests.Picking;

public class PieceAvailabilityTests
{
    [Fact]
    public void Whatever_peers_say_the_rarest_come_first_and_what_is_excluded_does_not_come()
    {
        const int Pieces = 60;
        for (var seed = 0; seed < 20; seed++)
        {
            var random = new Random(seed);
            var availability = new PieceAvailability(Pieces, random);
            var (peers, excluded) = (new int[Pieces], new bool[Pieces]);
            for (var step = 0; step < 3000; step++)
            {
                var piece = random.Next(Pieces);
                if (random.Next(5) == 0)
                {
                    excluded[piece] = !excluded[piece];
                    availability.Exclude(new PieceIndex(piece), excluded[piece]);
                }
                else
                {
                    var sign = peers[piece] == 0 || random.Next(100) < 55 ? +1 : -1;
                    peers[piece] += sign;
                    availability.Add(piece, sign);
                }
            }

            var rarest = availability.Rarest.ToArray();
            Assert.Equal(Enumerable.Range(0, Pieces).Where(piece => !excluded[piece]), rarest.Order());
            Assert.Equal(rarest.OrderBy(piece => Math.Min(peers[piece], PieceAvailability.Most)).Select(piece => Math.Min(peers[piece], PieceAvailability.Most)),
                rarest.Select(piece => Math.Min(peers[piece], PieceAvailability.Most)));
            Assert.All(rarest, piece => Assert.Equal(peers[piece], availability.PeersWith(new PieceIndex(piece))));
        }
    }

    [Fact]
    public void Not_everybody_begins_with_the_same_piece() =>
        Assert.NotEqual(new PieceAvailability(1000, new Random(1)).Rarest[0], new PieceAvailability(1000, new Random(2)).Rarest[0]);
}
