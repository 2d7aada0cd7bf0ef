using LeaseElection.Hosting.Configuration;
using LeaseElection.Hosting.Leases;

namespace LeaseElection.Hosting.Tests;

public sealed class MemberTraitsTests
{
    private static readonly ElectionIdentityCard Card = new("shop", "orders", "me");

    [Fact]
    public void Of_NothingAround_IsTheLabelAlone()
    {
        LeaseTraits traits = MemberTraits.Of(Card, TestEnvironment.With(), null);

        Assert.Equal(new Dictionary<string, string> { ["leaseelection.dev/members-of"] = "orders" }, traits.Labels);
        Assert.Empty(traits.Annotations);
        Assert.Null(traits.Owner);
    }

    [Fact]
    public void Of_PartitionedWork_TellsHowManyThereAre() =>
        Assert.Equal(
            new Dictionary<string, string> { ["leaseelection.dev/partitions"] = "24" },
            MemberTraits.Of(Card, TestEnvironment.With(), 24).Annotations);

    /// <summary>The API server refuses every write of a label that is none.</summary>
    [Theory]
    [InlineData("node-1.example.com", true)]
    [InlineData("Node_1", false)]
    [InlineData("a-name-that-is-longer-than-the-sixty-three-characters-of-a-label.example", false)]
    public void Of_NodeName_IsALabelIfItCanBeOne(string node, bool isLabel) =>
        Assert.Equal(
            isLabel, MemberTraits.Of(Card, TestEnvironment.With(("NODE_NAME", node)), null).Labels.ContainsKey("kubernetes.io/hostname"));

    [Theory]
    [InlineData("pod-1", "uid-1", "shop", true)]
    [InlineData("pod-1", "uid-1", "other", false)]
    [InlineData("pod-1", "uid-1", null, false)]
    [InlineData("pod-1", null, "shop", false)]
    [InlineData(null, "uid-1", "shop", false)]
    public void Of_Pod_OwnsTheLeaseIfItIsKnownToBeInItsNamespace(string? name, string? uid, string? space, bool isOwner)
    {
        LeaseTraits traits = MemberTraits.Of(
            Card, TestEnvironment.With(("POD_NAME", name!), ("POD_UID", uid!), ("POD_NAMESPACE", space!)), null);

        Assert.Equal(isOwner ? new PodReference("pod-1", "uid-1") : null, traits.Owner);
    }
}
