using System.Buffers.Binary;
using Microsoft.Win32.SafeHandles;

namespace BtFs.Engine.Storage.Limits;

/// <summary>The ledger as a file of the cache directory: a record for each process, locked for as long as that lives.</summary>
/// <remarks>
/// <code>
/// record   bytes i64 · the same, inverted i64 · wanted i64 · spare, 64 bytes in all
/// at the end, in place of a record: version of what lies idle i64
/// </code>
/// A range lock of an open file ends with its process, however that ends: a record without one is of the dead. Its claim stands until
/// somebody ends it, which that one announces first; who finds the claim gone finds the announcement too, and looks at the directory.
/// </remarks>
internal sealed class CacheLedger : ICacheLedger
{
    internal const string FileName = "ledger";

    /// <summary>Bytes of the file: room for 255 processes.</summary>
    internal const int FileLength = 16 << 10;

    private const int RecordLength = 64;
    private const int Owners = (FileLength / RecordLength) - 1;
    private const int VersionAt = Owners * RecordLength;

    /// <summary>Times to begin anew while the last owner removes the file.</summary>
    private const int Attempts = 8;

    private readonly SafeFileHandle _folder;
    private readonly SafeFileHandle _file;
    private readonly int _own;
    private readonly byte[] _records = new byte[VersionAt];

    private CacheLedger(SafeFileHandle folder, SafeFileHandle file, int own)
    {
        _folder = folder;
        _file = file;
        _own = own;
    }

    /// <summary>Joins the others, or begins a ledger.</summary>
    /// <param name="folder">The cache directory; stays the caller's, and open.</param>
    /// <returns>Null when it cannot be had: another user's, 255 processes, or a file system without such locks.</returns>
    internal static CacheLedger? TryOpen(SafeFileHandle folder)
    {
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            var file = Posix.OpenFileAt(folder, FileName);
            if (file is null)
            {
                return null;
            }

            try
            {
                if (TryJoin(folder, file) is { } joined)
                {
                    file = null;
                    return joined;
                }
            }
            catch (IOException)
            {
                return null;
            }
            finally
            {
                file?.Dispose();
            }
        }

        return null;
    }

    /// <inheritdoc/>
    public void Claim(long bytes, long wanted)
    {
        Span<byte> record = stackalloc byte[3 * sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(record, bytes);
        BinaryPrimitives.WriteInt64LittleEndian(record[8..], ~bytes);
        BinaryPrimitives.WriteInt64LittleEndian(record[16..], wanted);
        RandomAccess.Write(_file, record, PlaceOf(_own));
    }

    /// <inheritdoc/>
    public LedgerTotal Others()
    {
        ReadRecords();
        var bytes = 0L;
        for (var owner = 0; owner < Owners; owner++)
        {
            bytes += owner == _own ? 0 : ClaimOf(owner).Bytes;
        }

        // After the records: whoever ends a claim gives the version before.
        return new LedgerTotal(bytes, ReadVersion());
    }

    /// <inheritdoc/>
    public IReadOnlyList<LedgerClaim> Living()
    {
        ReadRecords();
        var living = new List<LedgerClaim>();
        for (var owner = 0; owner < Owners; owner++)
        {
            var claim = ClaimOf(owner);
            if (owner == _own || claim == default)
            {
                continue;
            }

            if (Posix.IsRangeLocked(_file, PlaceOf(owner), RecordLength))
            {
                living.Add(claim);
            }
            else if (Posix.TryLockRange(_file, PlaceOf(owner), RecordLength))
            {
                End(owner);
                Posix.UnlockRange(_file, PlaceOf(owner), RecordLength);
            }
        }

        return living;
    }

    /// <inheritdoc/>
    public void NoteIdleChanged()
    {
        // The owner's number makes two at once give different versions.
        var next = (((ReadVersion() >> 8) + 1) << 8) | (uint)_own;
        Span<byte> version = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(version, next & long.MaxValue);
        RandomAccess.Write(_file, version, VersionAt);
    }

    /// <summary>Ends the claim, and removes the file when nobody else is left.</summary>
    public void Dispose()
    {
        try
        {
            End(_own);
        }
        catch (IOException)
        {
            // Then it ends as the claim of a killed process does.
        }

        // First out of the way of another one who leaves at the same time.
        Posix.UnlockRange(_file, PlaceOf(_own), RecordLength);
        if (Posix.TryLockRange(_file, 0, FileLength) && IsNamed(_folder, _file))
        {
            _ = Posix.UnlinkAt(_folder, FileName);
        }

        _file.Dispose();
    }

    private static CacheLedger? TryJoin(SafeFileHandle folder, SafeFileHandle file)
    {
        if (Posix.Status(file) is not { IsRegularFile: true } status || status.Owner != Posix.UserId)
        {
            throw new IOException("The ledger of the cache is not ours.");
        }

        // Blocks now, because later the disk may be full.
        if (!Posix.TryAllocate(file, FileLength) && status.Length < FileLength)
        {
            RandomAccess.SetLength(file, FileLength);
        }

        for (var owner = 0; owner < Owners; owner++)
        {
            if (!Posix.TryLockRange(file, PlaceOf(owner), RecordLength))
            {
                continue;
            }

            // The last owner may have removed the file between our open and our lock.
            if (!IsNamed(folder, file))
            {
                return null;
            }

            var ledger = new CacheLedger(folder, file, owner);
            ledger.End(owner);
            return ledger;
        }

        return null;
    }

    private static bool IsNamed(SafeFileHandle folder, SafeFileHandle file) =>
        Posix.Status(file) is { } mine && Posix.StatusAt(folder, FileName) is { } named && mine.IsSameFileAs(named);

    private static long PlaceOf(int owner) => (long)owner * RecordLength;

    /// <summary>Ends a claim whose lock is ours.</summary>
    private void End(int owner)
    {
        NoteIdleChanged();
        Span<byte> nothing = stackalloc byte[RecordLength];
        nothing.Clear();
        RandomAccess.Write(_file, nothing, PlaceOf(owner));
    }

    private void ReadRecords()
    {
        _records.AsSpan().Clear();
        _ = RandomAccess.Read(_file, _records, 0);
    }

    private long ReadVersion()
    {
        Span<byte> version = stackalloc byte[sizeof(long)];
        version.Clear();
        _ = RandomAccess.Read(_file, version, VersionAt);
        return BinaryPrimitives.ReadInt64LittleEndian(version);
    }

    private LedgerClaim ClaimOf(int owner)
    {
        var record = _records.AsSpan(owner * RecordLength, 3 * sizeof(long));
        var bytes = BinaryPrimitives.ReadInt64LittleEndian(record);
        var inverted = BinaryPrimitives.ReadInt64LittleEndian(record[8..]);
        var wanted = BinaryPrimitives.ReadInt64LittleEndian(record[16..]);
        if (bytes == 0 && inverted == 0)
        {
            return default;
        }

        // Caught while it was written: the greater one of before and after. What nobody of us wrote is no reason to overflow.
        var claimed = bytes == ~inverted ? bytes : Math.Max(bytes, ~inverted);
        return new LedgerClaim(Math.Clamp(claimed, 0, long.MaxValue / 512), Math.Clamp(wanted, 0, long.MaxValue / 512));
    }
}
