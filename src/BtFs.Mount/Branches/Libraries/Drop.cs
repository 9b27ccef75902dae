using BtFs.Fuse;

namespace BtFs.Mount.Branches.Libraries;

/// <summary>A file on its way into a library. Belongs to its <see cref="DropBox"/>, under whose lock everything but its number is touched.</summary>
internal sealed class Drop
{
    /// <summary>Its node, in the branch of the library; never given to another.</summary>
    public required int Number { get; init; }

    public required byte[] Name { get; set; }

    public required ushort Permissions { get; set; }

    public required DateTimeOffset ChangedAt { get; set; }

    /// <summary>A time that a program chose for it.</summary>
    public UnixTime? ModifyTime { get; set; }

    /// <summary>How many have it open.</summary>
    public int Openings { get; set; }

    /// <summary>The keeper is looking at it: it must stay as it is.</summary>
    public bool IsJudged { get; set; }

    /// <summary>What the keeper said against it, since it was last written.</summary>
    public string? Refusal { get; set; }

    /// <summary>It was taken, removed, or replaced: nobody finds it by its name.</summary>
    public bool IsGone { get; set; }

    /// <summary>What was written so far.</summary>
    public ReadOnlyMemory<byte> Content => _content.AsMemory(0, Length);

    public int Length { get; private set; }

    private byte[] _content = [];

    /// <summary>Makes it so long; what is new is zeros.</summary>
    public void Resize(int length)
    {
        if (length > _content.Length)
        {
            Array.Resize(ref _content, Math.Max(length, Math.Min(Array.MaxLength, _content.Length * 2)));
        }
        else if (length < Length)
        {
            _content.AsSpan(length, Length - length).Clear();
        }

        Length = length;
    }

    public void Write(int offset, ReadOnlySpan<byte> bytes)
    {
        Resize(Math.Max(Length, offset + bytes.Length));
        bytes.CopyTo(_content.AsSpan(offset));
    }

    /// <summary>Lets go of the bytes.</summary>
    public void Empty()
    {
        _content = [];
        Length = 0;
    }

    public NodeAttributes AttributesFor(TreePresentation shown)
    {
        var changed = new UnixTime(ChangedAt.ToUnixTimeSeconds());
        return new NodeAttributes
        {
            // Apart from the numbers of torrents' files, which are hashes; and never 1.
            Inode = InodeNumbers.Root + (ulong)Number,
            Kind = NodeKind.File,
            Permissions = Permissions,
            Size = Length,
            Blocks = (ulong)((Length + NodeStat.BlockUnit - 1) / NodeStat.BlockUnit),
            Links = IsGone ? 0u : 1u,
            UserId = shown.UserId,
            GroupId = shown.GroupId,
            AccessTime = changed,
            ModifyTime = ModifyTime ?? changed,
            ChangeTime = changed,
            ValidFor = TimeSpan.Zero,
        };
    }
}
