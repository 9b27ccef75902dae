using System.Text;
using BtFs.Fuse;
using BtFs.Protocol.Metainfo;

namespace BtFs.Mount.Branches.Libraries;

/// <summary>The files that are being dropped into a library. They live in memory, and only until the keeper takes them. Safe from any thread.</summary>
/// <remarks>
/// A file whose name ends in <c>.torrent</c> is judged when a descriptor that it was written by is closed, and when it gets that name. An empty one is not:
/// shells and browsers make a file first and fill it later. What is refused can be written again until its last descriptor is closed.
/// </remarks>
/// <param name="keeper">Judges.</param>
/// <param name="time">The clock.</param>
internal sealed class DropBox(ILibraryKeeper keeper, TimeProvider time)
{
    /// <summary>Files at once.</summary>
    public const int MostDrops = 8;

    /// <summary>Bytes of one, and of all together.</summary>
    public const int MostBytes = MetainfoLimits.MaxTorrentBytes;

    /// <summary>How long the kernel may find a file by its name without asking: long enough for programs that set its times once they have closed it.</summary>
    public static readonly TimeSpan NameKept = TimeSpan.FromSeconds(1);

    /// <summary>How long a file that nobody has open is safe from making room for another.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    /// <summary>Files whose attributes are still known after they were taken.</summary>
    private const int RememberedDrops = 16;

    private readonly Lock _lock = new();
    private readonly List<Drop> _drops = [];
    private readonly Queue<Drop> _gone = [];
    private int _lastNumber;

    /// <summary>How many there are.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _drops.Count;
            }
        }
    }

    /// <summary>All there are, by number.</summary>
    public IReadOnlyList<Drop> InOrder()
    {
        lock (_lock)
        {
            return [.. _drops];
        }
    }

    /// <summary>The file of a name.</summary>
    public Drop? Find(ReadOnlySpan<byte> name)
    {
        lock (_lock)
        {
            return FindHeld(name);
        }
    }

    /// <summary>The file of a node, if it is there or was so a moment ago.</summary>
    public Drop? Find(int number)
    {
        lock (_lock)
        {
            return _drops.Find(drop => drop.Number == number) ?? _gone.FirstOrDefault(drop => drop.Number == number);
        }
    }

    /// <summary>Makes a file and opens it for writing.</summary>
    public Errno Create(ReadOnlySpan<byte> name, ushort permissions, out Drop? drop, out IOpenedNode? file)
    {
        drop = null;
        file = null;
        if (!DropName.IsAccepted(name))
        {
            return Errno.EPERM;
        }

        lock (_lock)
        {
            if (FindHeld(name) is not null)
            {
                return Errno.EEXIST;
            }

            if (_drops.Count >= MostDrops && !MakeRoom())
            {
                return Errno.ENOSPC;
            }

            drop = new Drop { Number = ++_lastNumber, Name = name.ToArray(), Permissions = permissions, ChangedAt = time.GetUtcNow(), Openings = 1 };
            _drops.Add(drop);
            file = new OpenedDrop(this, drop, forWriting: true);
            return Errno.None;
        }
    }

    /// <summary>Opens a file.</summary>
    public Errno Open(int number, bool forWriting, out IOpenedNode? file)
    {
        lock (_lock)
        {
            file = null;
            if (_drops.Find(drop => drop.Number == number) is not { } drop)
            {
                // The root is the one node that is no file.
                return number == 0 ? Errno.EISDIR : Errno.ESTALE;
            }

            drop.Openings++;
            file = new OpenedDrop(this, drop, forWriting);
            return Errno.None;
        }
    }

    /// <summary>Bytes of a file.</summary>
    public ReadOnlyMemory<byte> Read(Drop drop, long offset, int size)
    {
        lock (_lock)
        {
            // A copy: what is here may be overwritten before the kernel has it.
            var start = (int)Math.Min(offset, drop.Length);
            return drop.Content.Slice(start, Math.Min(size, drop.Length - start)).ToArray();
        }
    }

    /// <summary>Writes into a file.</summary>
    public Errno Write(Drop drop, long offset, ReadOnlySpan<byte> bytes)
    {
        lock (_lock)
        {
            var error = MayGrow(drop, offset + bytes.Length);
            if (error == Errno.None)
            {
                drop.Write((int)offset, bytes);
                Touch(drop);
            }

            return error;
        }
    }

    /// <summary>Changes what programs change of a file that they copy. Owners stay what they are.</summary>
    public Errno Change(int number, in AttributeChange change, out Drop? drop)
    {
        lock (_lock)
        {
            drop = Find(number);
            if (drop is null)
            {
                return Errno.ESTALE;
            }

            if (change.Size is { } size && size != drop.Length)
            {
                var error = MayGrow(drop, size);
                if (error != Errno.None)
                {
                    return error;
                }

                drop.Resize((int)size);
                Touch(drop);
            }

            drop.Permissions = change.Permissions ?? drop.Permissions;
            drop.ModifyTime = change.ModifyTime ?? drop.ModifyTime;
            return Errno.None;
        }
    }

    /// <summary>Takes a file away.</summary>
    public bool Remove(ReadOnlySpan<byte> name)
    {
        lock (_lock)
        {
            var drop = FindHeld(name);
            if (drop is not null)
            {
                Bury(drop);
            }

            return drop is not null;
        }
    }

    /// <summary>Renames a file, and has it judged under its new name if nobody is writing it any more.</summary>
    /// <returns><see cref="Errno.EBADMSG"/> if it is not good, and it keeps its name; <c>mv</c> has a wrong explanation for EINVAL.</returns>
    public async ValueTask<Errno> RenameAsync(ReadOnlyMemory<byte> name, ReadOnlyMemory<byte> newName, bool mayReplace)
    {
        if (!DropName.IsAccepted(newName.Span))
        {
            return Errno.EPERM;
        }

        Drop drop;
        lock (_lock)
        {
            if (FindHeld(name.Span) is not { } found)
            {
                return Errno.ENOENT;
            }

            drop = found;
            var other = FindHeld(newName.Span);
            if (other == drop)
            {
                return Errno.None;
            }

            if (other is not null && !mayReplace)
            {
                return Errno.EEXIST;
            }

            if (other is not null)
            {
                Bury(other);
            }

            drop.Name = newName.ToArray();
            if (drop.Openings > 0)
            {
                return Errno.None;
            }
        }

        var isTold = drop.Refusal is not null;
        if (await JudgeAsync(drop) == Errno.None)
        {
            return Errno.None;
        }

        lock (_lock)
        {
            drop.Name = name.ToArray();
        }

        if (!isTold)
        {
            Tell(drop, newName.Span);
        }

        return Errno.EBADMSG;
    }

    /// <summary>Has the keeper look at a file, if it is one that is taken.</summary>
    /// <returns><see cref="Errno.EINVAL"/> if it is not good.</returns>
    public async ValueTask<Errno> JudgeAsync(Drop drop)
    {
        lock (_lock)
        {
            if (drop.IsGone || drop.IsJudged || drop.Length == 0 || !DropName.IsTaken(drop.Name))
            {
                return Errno.None;
            }

            if (drop.Refusal is not null)
            {
                return Errno.EINVAL;
            }

            drop.IsJudged = true;
        }

        string? refusal = "the program failed while it looked at it";
        try
        {
            refusal = await keeper.TakeAsync(Encoding.UTF8.GetString(drop.Name), drop.Content);
        }
        finally
        {
            lock (_lock)
            {
                drop.IsJudged = false;
                drop.Refusal = refusal;
                if (refusal is null)
                {
                    Bury(drop);
                }
            }
        }

        return refusal is null ? Errno.None : Errno.EINVAL;
    }

    /// <summary>An opening of a file has ended.</summary>
    public void Release(Drop drop)
    {
        lock (_lock)
        {
            drop.Openings--;
            drop.ChangedAt = time.GetUtcNow();
            if (drop.Openings > 0 || drop.Refusal is null || drop.IsGone || !DropName.IsTaken(drop.Name))
            {
                return;
            }
        }

        lock (_lock)
        {
            Bury(drop);
        }

        Tell(drop, drop.Name);
    }

    private void Tell(Drop drop, ReadOnlySpan<byte> name) => keeper.Refuse(Encoding.UTF8.GetString(name), drop.Refusal ?? "it is no torrent");

    private Drop? FindHeld(ReadOnlySpan<byte> name)
    {
        foreach (var drop in _drops)
        {
            if (name.SequenceEqual(drop.Name))
            {
                return drop;
            }
        }

        return null;
    }

    private void Touch(Drop drop)
    {
        drop.Refusal = null;
        drop.ModifyTime = null;
        drop.ChangedAt = time.GetUtcNow();
    }

    private Errno MayGrow(Drop drop, long length)
    {
        if (drop.IsGone)
        {
            return Errno.EBADF;
        }

        if (drop.IsJudged)
        {
            return Errno.EBUSY;
        }

        if (length > MostBytes)
        {
            return Errno.EFBIG;
        }

        return length - drop.Length > MostBytes - _drops.Sum(other => (long)other.Length) ? Errno.ENOSPC : Errno.None;
    }

    private bool MakeRoom()
    {
        var idle = _drops.Where(drop => drop.Openings == 0 && time.GetUtcNow() - drop.ChangedAt >= Patience).MinBy(drop => drop.ChangedAt);
        if (idle is not null)
        {
            Bury(idle);
        }

        return idle is not null;
    }

    private void Bury(Drop drop)
    {
        if (_drops.Remove(drop))
        {
            drop.IsGone = true;
            drop.Empty();
            _gone.Enqueue(drop);
            if (_gone.Count > RememberedDrops)
            {
                _gone.Dequeue();
            }
        }
    }
}
