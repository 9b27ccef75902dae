using System.Diagnostics;
using BtFs.Engine.Torrents;

namespace BtFs.Engine.Tests.Torrents;

public class PieceLifecycleTests
{
    [Fact]
    public void Only_a_piece_that_was_verified_or_found_verified_becomes_readable() =>
        Assert.Equal(
            [(PieceState.Missing, PieceEvent.Found), (PieceState.Verifying, PieceEvent.Stored), (PieceState.Unchecked, PieceEvent.Found)],
            WaysInto(PieceState.Have));

    [Fact]
    public void Only_a_piece_with_all_its_blocks_is_verified() =>
        Assert.Equal([(PieceState.Downloading, PieceEvent.LastBlockArrived)], WaysInto(PieceState.Verifying));

    [Fact]
    public void From_every_state_a_piece_can_be_had_again()
    {
        foreach (var state in Enum.GetValues<PieceState>())
        {
            Assert.Contains(Enum.GetValues<PieceEvent>(), happened => Try(state, happened) is not null);
        }

        Assert.Equal(
            [
                (PieceState.Downloading, PieceEvent.GivenUp), (PieceState.Verifying, PieceEvent.HashFailed),
                (PieceState.Have, PieceEvent.Evicted), (PieceState.Unchecked, PieceEvent.NotFound),
            ],
            WaysInto(PieceState.Missing));
    }

    private static IEnumerable<(PieceState State, PieceEvent Happened)> WaysInto(PieceState wanted) =>
        from state in Enum.GetValues<PieceState>()
        from happened in Enum.GetValues<PieceEvent>()
        where Try(state, happened) == wanted
        select (state, happened);

    private static PieceState? Try(PieceState state, PieceEvent happened)
    {
        try
        {
            return state.After(happened);
        }
        catch (UnreachableException)
        {
            return null;
        }
    }
}
