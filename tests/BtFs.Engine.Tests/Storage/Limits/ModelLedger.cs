using BtFs.Engine.Storage.Limits;

namespace BtFs.Engine.Tests.Storage.Limits;

/// <summary>A ledger in memory, with a way to die that leaves the claim behind.</summary>
internal sealed class ModelLedger(ModelLedger.Book book) : ICacheLedger
{
    private readonly object _own = new();
    private LedgerClaim _claim;

    /// <summary>Told before each step, and after it: there others could come between.</summary>
    internal Action Step { get; set; } = () => { };

    public void Claim(long bytes, long wanted)
    {
        Step();
        _claim = new LedgerClaim(bytes, wanted);
        book.Claims[_own] = (_claim, book.Claims.GetValueOrDefault(_own).IsDead);
        Step();
    }

    public LedgerTotal Others()
    {
        Step();
        var total = new LedgerTotal(book.Claims.Where(pair => pair.Key != _own).Sum(pair => pair.Value.Claim.Bytes), book.IdleVersion);
        Step();
        return total;
    }

    public IReadOnlyList<LedgerClaim> Living()
    {
        foreach (var (owner, (_, isDead)) in book.Claims.ToList())
        {
            if (isDead)
            {
                book.IdleVersion++;
                book.Claims.Remove(owner);
            }
        }

        return [.. book.Claims.Where(pair => pair.Key != _own && pair.Value.Claim != default).Select(pair => pair.Value.Claim)];
    }

    public void NoteIdleChanged() => book.IdleVersion++;

    /// <summary>SIGKILL.</summary>
    internal void Die() => book.Claims[_own] = (_claim, true);

    public void Dispose()
    {
        book.IdleVersion++;
        book.Claims.Remove(_own);
    }

    internal sealed class Book
    {
        internal Dictionary<object, (LedgerClaim Claim, bool IsDead)> Claims { get; } = [];

        internal long IdleVersion { get; set; }
    }
}
