using System.Net;
using BtFs.Engine.Discovery;

namespace BtFs.Engine.Dht;

/// <summary>Our address as others see it (BEP 42, <c>ip</c>): what most of those say who told lately, one voice for each network.</summary>
internal sealed class AddressVotes
{
    /// <summary>Voices remembered.</summary>
    private const int Remembered = 64;

    /// <summary>Voices that an address needs, besides being the majority: so many liars do not sit together by chance.</summary>
    internal const int Needed = 8;

    private readonly Queue<(ulong Voter, IPAddress Told)> _votes = [];

    /// <summary>The address; null while nobody knows.</summary>
    internal IPAddress? Winner { get; private set; }

    /// <summary>Somebody tells. Local addresses are no news: they decide nothing about an id.</summary>
    /// <returns>Whether <see cref="Winner"/> is another one now.</returns>
    internal bool Add(IPAddress voter, IPAddress told)
    {
        var owner = NodeNetwork.OwnerOf(voter);
        if (AddressScope.IsLocal(told) || _votes.Any(vote => vote.Voter == owner))
        {
            return false;
        }

        if (_votes.Count == Remembered)
        {
            _votes.Dequeue();
        }

        _votes.Enqueue((owner, told));
        var count = _votes.Count(vote => vote.Told.Equals(told));
        if (count < Needed || count * 2 <= _votes.Count || told.Equals(Winner))
        {
            return false;
        }

        Winner = told;
        return true;
    }
}
