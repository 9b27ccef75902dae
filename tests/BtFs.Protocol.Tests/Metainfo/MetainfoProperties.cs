using BtFs.Protocol.Metainfo;
using FsCheck;
using FsCheck.Fluent;

namespace BtFs.Protocol.Tests.Metainfo;

public sealed class MetainfoProperties
{
    private static readonly byte[][] Vectors =
    [
        LibtorrentVectors.SingleV1, LibtorrentVectors.SingleV2, LibtorrentVectors.SingleHybrid,
        LibtorrentVectors.MultiV1, LibtorrentVectors.MultiV2, LibtorrentVectors.MultiHybrid,
    ];

    [Fact]
    public void A_damaged_torrent_is_refused_in_words_or_makes_sense_as_a_whole() =>
        Prop.ForAll(Gen.Elements(Vectors).ToArbitrary(), Mutation.Lists().ToArbitrary(), (vector, mutations) =>
        {
            var bytes = Mutation.Apply(vector, mutations);
            var before = GC.GetAllocatedBytesForCurrentThread();
            try
            {
                AssertConsistent(TorrentMetainfo.Parse(bytes).Info);
            }
            catch (MetainfoException refusal)
            {
                Assert.EndsWith(".", refusal.Message, StringComparison.Ordinal);
                Assert.DoesNotContain(refusal.Message, char.IsControl);
            }

            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, (64 * bytes.Length) + 65536);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(20_000));

    [Fact]
    public void A_torrent_that_is_written_is_read_back_the_same() =>
        Prop.ForAll(Drafts().ToArbitrary(), draft =>
        {
            var read = TorrentMetainfo.Parse(TorrentWriter.Write(draft));

            Assert.Equal(draft.IsSingleFile ? [$"{draft.Name} {draft.Files[0].Length}"] : draft.Files.Select(FileText.Of), read.Info.Files.Select(FileText.Of));
            Assert.Equal(draft.PieceLength, read.Info.PieceLength);
            Assert.Equal(draft.IsPrivate, read.Info.IsPrivate);
            Assert.Equal(draft.IsSingleFile, read.Info.IsSingleFile);
            Assert.Equal(draft.CreatedAt, read.CreatedAt);
            Assert.Equal(InfoHash.OfInfo(TorrentWriter.WriteInfo(draft)), read.Info.InfoHash);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(500));

    [Fact]
    public void A_magnet_that_is_written_is_read_back_the_same() =>
        Prop.ForAll(Magnets().ToArbitrary(), link =>
        {
            var read = MagnetLink.Parse(link.ToString());

            Assert.Equal((link.InfoHashV1, link.InfoHashV2, link.DisplayName), (read.InfoHashV1, read.InfoHashV2, read.DisplayName));
            Assert.Equal(link.Trackers, read.Trackers);
            Assert.Equal(link.WebSeeds, read.WebSeeds);
            Assert.Equal(link.Peers, read.Peers);
            Assert.Equal(link.Selected, read.Selected);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(1_000));

    [Fact]
    public void Ten_thousand_damaged_magnets_are_read_or_refused_and_nothing_else() =>
        Prop.ForAll(Magnets().ToArbitrary(), Mutation.Lists().ToArbitrary(), (link, mutations) =>
        {
            var text = System.Text.Encoding.Latin1.GetString(Mutation.Apply(System.Text.Encoding.UTF8.GetBytes(link.ToString()), mutations));
            if (MagnetLink.TryParse(text, out var read))
            {
                Assert.True(read.Trackers.Count <= 64 && read.WebSeeds.Count <= 16 && read.Peers.Count <= 32);
                Assert.Equal(read.ToString(), MagnetLink.Parse(read.ToString()).ToString());
            }
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(10_000));

    /// <summary>What the rest of the program relies on.</summary>
    private static void AssertConsistent(InfoDictionary info)
    {
        Assert.True(info.HasV1 || info.HasV2);
        Assert.Equal(info.TotalLength, info.Files.Sum(file => file.Length));
        Assert.InRange(info.TotalLength, ((info.PieceCount - 1L) * info.PieceLength) + 1, (long)info.PieceCount * info.PieceLength);
        Assert.All(info.Files, file =>
        {
            Assert.True(file.Length >= 0 && file.Path.Count > 0);
            Assert.Equal(file.IsSymlink, file.SymlinkTarget.Count > 0);
            Assert.Equal(info.HasV2 && file is { Length: > 0, IsPad: false } ? 32 : 0, file.PiecesRoot.Length);
        });
        if (info.HasV1)
        {
            Assert.Equal(20, info.PieceHash(info.PieceCount - 1).Length);
        }
    }

    private static Gen<TorrentDraft> Drafts() =>
        from isSingle in ArbMap.Default.GeneratorFor<bool>()
        from isPrivate in ArbMap.Default.GeneratorFor<bool>()
        from count in Gen.Choose(1, isSingle ? 1 : 6)
        from lengths in Gen.Choose(0, 5000).ArrayOf(count)
        from names in Gen.Elements("a", "b/c", "../x", "ü", "").ArrayOf(count)
        from date in Gen.Choose(1, int.MaxValue)
        let files = lengths.Select((length, i) => TorrentFile.At(names[i], length + 1L)).ToArray()
        select new TorrentDraft
        {
            Name = "name",
            PieceLength = 1024,
            Files = files,
            IsSingleFile = isSingle,
            IsPrivate = isPrivate,
            PieceHashes = TorrentWriter.HashPieces(new byte[files.Sum(file => file.Length)], 1024),
            CreatedAt = DateTimeOffset.FromUnixTimeSeconds(date),
        };

    private static Gen<MagnetLink> Magnets() =>
        from hash in Gen.Choose(0, 255).ArrayOf(32)
        from versions in Gen.Choose(1, 3)
        from name in ArbMap.Default.GeneratorFor<NonNull<string>>()
        from urls in Gen.Elements("http://a/?b=c&d", "udp://[::1]:80", "http://ü/%20+", "x").ListOf()
        from hosts in Gen.Elements("h.example", "1.2.3.4", "2001:db8::1").ListOf()
        from ports in Gen.Choose(1, 65535)
        from firsts in Gen.Choose(0, 1000).ListOf()
        let bytes = hash.Select(number => (byte)number).ToArray()
        select new MagnetLink
        {
            InfoHashV1 = versions != 2 ? new InfoHash(bytes.AsSpan(0, 20)) : null,
            InfoHashV2 = versions != 1 ? new InfoHashV2(bytes) : null,
            DisplayName = Printable(name.Get),
            Trackers = [.. urls.Distinct()],
            WebSeeds = [.. urls.Distinct().Take(16)],
            Peers = [.. hosts.Distinct().Select(host => new PeerHint(host, (ushort)ports))],
            Selected = [.. firsts.Select(first => new FileRange(first, first + (first % 3)))],
        };

    /// <summary>Half a surrogate pair has no UTF-8, and so cannot survive an escape.</summary>
    private static string Printable(string text) => new([.. text.Where(letter => !char.IsSurrogate(letter))]);
}
