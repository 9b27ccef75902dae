using System.Net;

namespace BtFs.Engine.Discovery;

/// <summary>Our address as others see it (BEP 24; BEP 42, <c>ip</c>): what most of those say who told lately, one voice for each network.</summary>
internal sealed class AddressVotes
{
    /// <summary>Voices remembered.</summary>
    private const int Remembered = 64;

    /// <summary>Voices that an address needs, besides being the majority: so many liars do not sit together by chance.</summary>
    internal const int Needed = 8;

    private readonly Queue<(ulong Voter, IPAddress Told)> _votes = [];

    /// <summary>The address; null while nobody knows.</summary>
    internal IPAddress? Winner { get; private set; }

    /// <summary>Somebody tells. Local addresses are no news: that is not how strangers see us.</summary>
    /// <param name="owner">Who, see <see cref="AddressScope.OwnerOf"/>.</param>
    /// <param name="told">What.</param>
    /// <returns>Whether <see cref="Winner"/> is another one now.</returns>
    internal bool Add(ulong owner, IPAddress told)
    {
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
