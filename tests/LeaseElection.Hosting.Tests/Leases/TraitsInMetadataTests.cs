using System.Text.Json;
using LeaseElection.Hosting.Leases;

namespace LeaseElection.Hosting.Tests.Leases;

/// <summary>Labels, annotations and owners of ours beside those of others.</summary>
public sealed class TraitsInMetadataTests
{
    private static readonly LeaseTraits Traits = new LeaseTraits
    {
        Annotations = new Dictionary<string, string> { ["leaseelection.dev/partitions"] = "12" },
        Owner = new PodReference("orders-7f", "p"),
    }.OfGroup("orders");

    [Fact]
    public void Put_NoTraits_SameInstance()
    {
        LeaseMetadata metadata = Metadata("""{ "labels": { "a": "b" } }""");

        Assert.Same(metadata, TraitsInMetadata.Put(LeaseTraits.None, metadata));
    }

    [Fact]
    public void Put_TheyAreThere_SameInstance()
    {
        LeaseMetadata metadata = TraitsInMetadata.Put(Traits, Metadata("""{ "labels": { "a": "b" } }"""));

        Assert.Same(metadata, TraitsInMetadata.Put(Traits, metadata));
    }

    [Theory]
    [InlineData("{}", """{"group":"orders"}""")]
    [InlineData("""{ "labels": null }""", """{"group":"orders"}""")]
    [InlineData("""{ "labels": 7 }""", """{"group":"orders"}""")]
    [InlineData("""{ "labels": { "a": "b" } }""", """{"a":"b","group":"orders"}""")]
    [InlineData("""{ "labels": { "leaseelection.dev/group": "books", "a": "b" } }""", """{"a":"b","group":"orders"}""")]
    [InlineData("""{ "labels": { "leaseelection.dev/group": 7 } }""", """{"group":"orders"}""")]
    public void Put_Labels_OursOverOursBesideOthers(string before, string after)
    {
        LeaseMetadata metadata = TraitsInMetadata.Put(Traits, Metadata(before));

        Assert.Equal(after.Replace("group", LeaseGroupName.Label, StringComparison.Ordinal), metadata.Extra!["labels"].GetRawText());
    }

    [Fact]
    public void Put_Owner_IsNotItsAffair()
    {
        LeaseMetadata metadata = TraitsInMetadata.Put(Traits, Metadata("""{ "ownerReferences": [ {"uid":"other"} ] }"""));

        Assert.Equal("""[ {"uid":"other"} ]""", metadata.Extra!["ownerReferences"].GetRawText());
    }

    [Fact]
    public void Read_LabelsAndAnnotations_ThoseThatAreTexts()
    {
        Lease lease =
            new LeaseDocument { Metadata = Metadata("""{ "labels": { "a": "b", "c": 7, "d": null }, "annotations": [] }""") }.ToLease();

        Assert.Equal([new("a", "b")], lease.ReadLabels());
        Assert.Empty(lease.ReadAnnotations());
        Assert.Empty(new LeaseDocument().ToLease().ReadLabels());
    }

    [Fact]
    public void Read_HalfACharacter_None()
    {
        Lease lease = new LeaseDocument { Metadata = Metadata("""{ "labels": { "a": "\ud800" } }""") }.ToLease();

        Assert.Empty(lease.ReadLabels());
        Assert.NotEmpty(lease.ToString());
    }

    private static LeaseMetadata Metadata(string extra) =>
        JsonSerializer.Deserialize($$"""{ "metadata": {{extra}} }""", LeaseJsonContext.Default.LeaseDocument)!.Metadata!;
}
