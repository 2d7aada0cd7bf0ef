using LeaseElection.Hosting.Election.Notes;

namespace LeaseElection.Hosting.Tests.Election.Notes;

/// <summary>Whoever gets a key or a value wrong is told what, why, and what to do.</summary>
public class NoteRulesTests
{
    [Theory]
    [InlineData("a")]
    [InlineData("Last-Batch_of.2026")]
    [InlineData("123456789012345678901234567890123456789012345678901234567890123")]
    public void Check_LegalKey_Allowed(string key) => NoteRules.Check(key, "", NoteLife.Term);

    [Theory]
    [InlineData("")]
    [InlineData("-a")]
    [InlineData("a.")]
    [InlineData("a b")]
    [InlineData("a/b")]
    [InlineData("prüfstand")]
    [InlineData("1234567890123456789012345678901234567890123456789012345678901234")]
    public void Check_IllegalKey_Refused(string key)
    {
        ArgumentException error = Assert.Throws<ArgumentException>(() => NoteRules.Check(key, "", NoteLife.Lease));

        Assert.Equal("key", error.ParamName);
        Assert.StartsWith(
            $"The note key '{key}' is not allowed: it must be 1 to 63 characters of A-Z, a-z, 0-9, '-', '_' and '.'", error.Message,
            StringComparison.Ordinal);
    }

    /// <summary>Written over they would hide what a crash is known by.</summary>
    [Theory]
    [InlineData("takeovers-without-release", "8", "the library counts crashes of leaders by it")]
    [InlineData("takeovers-without-release", null, "the library counts crashes of leaders by it")]
    [InlineData(
        "container", "app",
        "with Kubernetes:TakeOverFromTerminated the library says there which container leads, for others to see it end")]
    public void Check_KeyOfTheLibrary_Refused(string key, string? value, string purpose)
    {
        ArgumentException error = Assert.Throws<ArgumentException>(() => NoteRules.Check(key, value, NoteLife.Lease));

        Assert.StartsWith($"The note key '{key}' is taken: {purpose}. Choose another one.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Check_LongestValue_Allowed() => NoteRules.Check("a", new string('ü', 2048), NoteLife.Lease);

    [Fact]
    public void Check_LongerValue_Refused()
    {
        ArgumentException error = Assert.Throws<ArgumentException>(() => NoteRules.Check("a", new string('ü', 2049), NoteLife.Lease));

        Assert.Equal("value", error.ParamName);
        Assert.StartsWith(
            "The value of note 'a' is 4098 bytes long in UTF-8; 4096 are allowed. Keep the data elsewhere", error.Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Check_HalfACharacter_Refused()
    {
        ArgumentException error = Assert.Throws<ArgumentException>(() => NoteRules.Check("a", "\ud800", NoteLife.Lease));

        Assert.StartsWith("The value of note 'a' is no text: it holds half a character", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Check_LifeThatIsNone_Refused() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => NoteRules.Check("a", "", (NoteLife)7));
}
