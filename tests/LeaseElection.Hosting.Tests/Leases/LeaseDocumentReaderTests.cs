using System.Text;
using System.Text.Json;
using LeaseElection.Hosting.Leases;

namespace LeaseElection.Hosting.Tests.Leases;

public sealed class LeaseDocumentReaderTests
{
    private const string First = """
        {
          "kind": "Lease", "apiVersion": "coordination.k8s.io/v1",
          "metadata": {
            "name": "settlement", "namespace": "shop", "uid": "6f1d", "resourceVersion": "1",
            "creationTimestamp": "2026-01-31T12:00:00Z", "labels": { "team": "payments", "a": null }
          },
          "spec": { "holderIdentity": "a", "strategy": "OldestEmulationVersion" },
          "status": {}
        }
        """;

    [Fact]
    public void Read_KnowingTheVersionBefore_TakesFromItWhatIsTheSame()
    {
        LeaseDocument before = Read(First);

        LeaseDocument after = Read(First.Replace("\"1\"", "\"2\"", StringComparison.Ordinal), before);

        Assert.Equal("2", after.Metadata!.ResourceVersion);
        Assert.Same(before.Kind, after.Kind);
        Assert.Same(before.ApiVersion, after.ApiVersion);
        Assert.Same(before.Metadata!.Name, after.Metadata.Name);
        Assert.Same(before.Metadata.Uid, after.Metadata.Uid);
        Assert.Same(before.Metadata.Extra, after.Metadata.Extra);
        Assert.Same(before.Spec!.Record.HolderIdentity, after.Spec!.Record.HolderIdentity);
        Assert.Same(before.Spec.Extra, after.Spec.Extra);
        Assert.Same(before.Extra, after.Extra);
    }

    [Theory]
    [InlineData("""{ "x": 1, "y": 2 }""", """{ "x": 1, "y": 3 }""")]
    [InlineData("""{ "x": 1, "y": 2 }""", """{ "x": 1 }""")]
    [InlineData("""{ "x": 1 }""", """{ "x": 1, "y": 2 }""")]
    [InlineData("""{ "x": 1, "y": 2 }""", """{ "y": 2, "x": 1 }""")]
    [InlineData("""{ "x": 1, "y": 2 }""", """{ "x": 1, "x": 1 }""")]
    [InlineData("""{ "x": 1, "y": 2 }""", """{ "x": 1, "y": 2, "x": 3 }""")]
    [InlineData("""{ "x": null }""", "{}")]
    [InlineData("{}", """{ "x": null }""")]
    [InlineData("""{ "x": { "a": [1, 2] } }""", """{ "x": { "a": [1, 3] } }""")]
    public void Read_KnowingOtherFields_ReadsTheseAllTheSame(string before, string after)
    {
        LeaseDocument known = Read($$"""{ "spec": {{before}} }""");
        string text = $$"""{ "spec": {{after}} }""";

        Assert.Equal(Write(Read(text)), Write(Read(text, known)));
        Assert.Equal(JsonSerializer.Deserialize<Dictionary<string, JsonElement>>(after)!.Count, Read(text, known).Spec!.Extra?.Count ?? 0);
    }

    [Theory]
    [InlineData("""{ "metadata": { "name": 7 } }""", "metadata.name is a string, not a Number")]
    [InlineData("""{ "metadata": [] }""", "metadata is an object, not a StartArray")]
    [InlineData("""{ "spec": { "leaseDurationSeconds": 15.0 } }""", "spec.leaseDurationSeconds is a whole number of 32 bits")]
    [InlineData("""{ "spec": { "leaseTransitions": 2147483648 } }""", "spec.leaseTransitions is a whole number of 32 bits")]
    [InlineData("""{ "kind": "\ud800" }""", "half a character")]
    [InlineData("""{ "kind": "Lease" } {}""", "'{' is invalid after a single JSON value")]
    [InlineData("[]", "a Lease is an object")]
    [InlineData("", "does not contain any JSON")]
    public void Read_NoLease_JsonExceptionThatNamesTheField(string text, string message)
    {
        JsonException exception = Assert.ThrowsAny<JsonException>(() => Read(text));

        Assert.Contains(message, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_NeitherKindNorVersion_AreNotMadeUp()
    {
        LeaseDocument document = Read("{}");

        Assert.Null(document.Kind);
        Assert.Null(document.ApiVersion);
    }

    [Theory]
    [InlineData(First, "settlement")]
    [InlineData("""{ "name": "x", "spec": { "name": "y" }, "metadata": { "labels": { "name": "z" }, "name": "a" } }""", "a")]
    [InlineData("""{ "metadata": { "name": 7 } }""", null)]
    [InlineData("""{ "metadata": 7 }""", null)]
    [InlineData("[]", null)]
    public void NameOf_Any_TheNameInItsMetadata(string text, string? name) =>
        Assert.Equal(name, LeaseDocumentReader.NameOf(Encoding.UTF8.GetBytes(text)));

    private static LeaseDocument Read(string text, LeaseDocument? known = null) =>
        LeaseDocumentReader.Read(Encoding.UTF8.GetBytes(text), known)!;

    private static string Write(LeaseDocument document) => JsonSerializer.Serialize(document, LeaseJsonContext.Default.LeaseDocument);
}
