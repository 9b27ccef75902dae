using System.Text.RegularExpressions;

namespace BtFs.EndToEnd;

/// <summary>docs/SEMANTICS.md says nothing that no test holds.</summary>
public sealed partial class SemanticsDocumentTests
{
    private static readonly string[] Lines = File.ReadAllLines(Path.Combine(AppContext.BaseDirectory, "SEMANTICS.md"));

    private static readonly HashSet<string> Tests =
        [.. typeof(SemanticsDocumentTests).Assembly.GetTypes().SelectMany(type => type.GetMethods()).Select(method => method.Name)];

    [Fact]
    public void Every_sentence_of_the_document_names_a_test_that_exists()
    {
        var facts = Lines.Where(line => line.StartsWith("- ", StringComparison.Ordinal)).ToList();

        Assert.NotEmpty(facts);
        Assert.All(facts, fact => Assert.Contains(TestName().Match(fact).Groups[1].Value, Tests));
    }

    [Fact]
    public void Every_test_of_the_semantics_is_in_the_document()
    {
        var facts = typeof(SemanticsTests).GetMethods().Where(method => method.IsDefined(typeof(FactAttribute), inherit: false)).Select(method => method.Name);

        Assert.All(facts, fact => Assert.Contains(Lines, line => line.EndsWith($"(`{fact}`)", StringComparison.Ordinal)));
    }

    [GeneratedRegex(@"\(`(\w+)`\)$")]
    private static partial Regex TestName();
}
