using System.Net;
using BtFs.Engine.Peers.Encryption;

namespace BtFs.Engine.Tests.Peers.Encryption;

public class EncryptionHabitsTests
{
    [Fact]
    public void Of_two_thousand_addresses_the_oldest_is_forgotten_for_a_new_one()
    {
        var habits = new EncryptionHabits(EncryptionPolicy.Prefer);
        for (var i = 0; i < EncryptionHabits.MaxRemembered; i++)
        {
            habits.Remember(Address(i), encrypted: true);
        }

        Assert.True(habits.EncryptsFirst(Address(0)));
        habits.Remember(Address(EncryptionHabits.MaxRemembered), encrypted: true);
        Assert.False(habits.EncryptsFirst(Address(0)));
        Assert.True(habits.EncryptsFirst(Address(1)));
        Assert.True(habits.EncryptsFirst(Address(EncryptionHabits.MaxRemembered)));
    }

    [Fact]
    public void An_address_that_took_a_plain_handshake_after_all_is_called_so_again()
    {
        var habits = new EncryptionHabits(EncryptionPolicy.Prefer);
        habits.Remember(Address(1), encrypted: true);
        habits.Remember(Address(1), encrypted: false);
        Assert.False(habits.EncryptsFirst(Address(1)));
    }

    [Theory]
    [InlineData(EncryptionPolicy.Require, true)]
    [InlineData(EncryptionPolicy.Off, false)]
    public void Where_there_is_no_choice_nothing_is_remembered(EncryptionPolicy policy, bool encrypts)
    {
        var habits = new EncryptionHabits(policy);
        habits.Remember(Address(1), encrypted: !encrypts);
        Assert.Equal((encrypts, false), (habits.EncryptsFirst(Address(1)), habits.HasChoice));
    }

    private static IPEndPoint Address(int number) => new(IPAddress.Loopback, 1 + number);
}
