using System.Text.Json;
using System.Text.Json.Nodes;
using LeaseElection.Hosting.Leases;
using LeaseElection.Hosting.Leases.Files;

namespace LeaseElection.Hosting.Tests.Leases.Files;

public sealed class AliveMarkTests
{
    private const string FileName = "0123456789abcdef0123456789abcdef.alive";

    [Fact]
    public void Of_OurMarkOfTheHolder_Trusted() =>
        Assert.Equal(new AliveMark(FileName, "a"), AliveMark.Of(Document(FileName, markedHolder: "a", holder: "a")));

    [Theory]
    [InlineData("../" + FileName)]
    [InlineData("../settlement2/" + FileName)]
    [InlineData("/tmp/" + FileName)]
    [InlineData("..\\" + FileName)]
    [InlineData("../../../../../../../../../../tmp/0.alive")]
    [InlineData("lease.json")]
    [InlineData("lease.lock")]
    [InlineData(".alive")]
    [InlineData("0123456789ABCDEF0123456789ABCDEF.alive")]
    [InlineData("0123456789abcdef0123456789abcdef.alive\n")]
    [InlineData("")]
    public void Of_NotANameWeGive_None(string fileName) => Assert.Null(AliveMark.Of(Document(fileName, "a", "a")));

    [Theory]
    [InlineData("a", "b")]
    [InlineData("a", "")]
    [InlineData("a", null)]
    [InlineData("", "")]
    public void Of_HolderChangedByAThirdParty_None(string markedHolder, string? holder) =>
        Assert.Null(AliveMark.Of(Document(FileName, markedHolder, holder)));

    [Theory]
    [InlineData("""{ }""")]
    [InlineData("""{ "metadata": {} }""")]
    [InlineData("""{ "metadata": { "annotations": null } }""")]
    [InlineData("""{ "metadata": { "annotations": "x" } }""")]
    [InlineData("""{ "metadata": { "annotations": {} }, "spec": { "holderIdentity": "a" } }""")]
    [InlineData("""{ "metadata": { "annotations": { "leaseelection.dev/alive-file": 1, "leaseelection.dev/alive-holder": "a" } } }""")]
    [InlineData("""{ "metadata": { "annotations": { "leaseelection.dev/alive-file": "0123456789abcdef0123456789abcdef.alive" } }, "spec": { "holderIdentity": "a" } }""")]
    public void Of_NoMark_None(string json) => Assert.Null(AliveMark.Of(Parse(json)));

    [Fact]
    public void Put_MarkAndAgainNone_AnnotationsOfOthersStay()
    {
        LeaseMetadata metadata = Parse(
            """{ "metadata": { "labels": { "team": "payments" }, "annotations": { "note": "x" } } }""").Metadata!;

        LeaseMetadata marked = AliveMark.Put(new AliveMark(FileName, "a"), metadata);
        LeaseMetadata unmarked = AliveMark.Put(null, marked);

        Assert.Equal(3, marked.Extra!["annotations"].EnumerateObject().Count());
        Assert.True(JsonNode.DeepEquals(Json(metadata), Json(unmarked)));
    }

    [Fact]
    public void Put_NoneWhereThereWasNone_NothingIsAdded() =>
        Assert.Null(AliveMark.Put(null, new LeaseMetadata { Name = "settlement" }).Extra);

    private static LeaseDocument Document(string fileName, string markedHolder, string? holder)
    {
        LeaseDocument document =
            new() { Metadata = new LeaseMetadata(), Spec = new LeaseSpec(new LeaseRecord { HolderIdentity = holder }) };
        return document with { Metadata = AliveMark.Put(new AliveMark(fileName, markedHolder), document.Metadata) };
    }

    private static LeaseDocument Parse(string json) => JsonSerializer.Deserialize(json, LeaseJsonContext.Default.LeaseDocument)!;

    private static JsonNode Json(LeaseMetadata metadata) =>
        JsonNode.Parse(JsonSerializer.Serialize(new LeaseDocument { Metadata = metadata }, LeaseJsonContext.Default.LeaseDocument))!;
}
