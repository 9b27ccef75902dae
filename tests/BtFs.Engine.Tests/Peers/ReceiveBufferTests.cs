using System.Buffers;
using BtFs.Engine.Peers;
using FsCheck;
using FsCheck.Fluent;

namespace BtFs.Engine.Tests.Peers;

public class ReceiveBufferTests
{
    [Fact]
    public void Bytes_come_out_as_they_went_in_however_they_are_received_and_used()
    {
        Prop.ForAll(Gen.Choose(0, 100_000).ArrayOf(10).ToArbitrary(), steps =>
        {
            using var buffer = new ReceiveBuffer();
            byte written = 0;
            byte used = 0;
            foreach (var step in steps)
            {
                var room = buffer.Room().Span;
                var count = Math.Min(room.Length, 1 + step);
                for (var i = 0; i < count; i++)
                {
                    room[i] = unchecked(written++);
                }

                buffer.Received(count);
                var unread = buffer.Unread;
                foreach (var got in unread.Slice(0, unread.Length * (step % 5) / 4).ToArray())
                {
                    if (got != unchecked(used++))
                    {
                        return false;
                    }
                }

                buffer.KeepLast(unread.Length - (unread.Length * (step % 5) / 4));
                buffer.ReleaseIfEmpty();
            }

            return true;
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void There_is_always_room_for_the_rest_of_a_long_message()
    {
        using var buffer = new ReceiveBuffer();
        for (var received = 0; received < 2 << 20;)
        {
            var room = buffer.Room().Length;
            Assert.True(room > 0);
            buffer.Received(room);
            received += room;
        }
    }
}
