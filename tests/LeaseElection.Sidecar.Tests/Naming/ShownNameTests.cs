using LeaseElection.Sidecar.Flags;
using LeaseElection.Sidecar.Naming;

namespace LeaseElection.Sidecar.Tests.Naming;

/// <summary>
/// Apps compare the name with that of their host, so it must be exactly that where it is one, and never where the app does not lead.
/// </summary>
public sealed class ShownNameTests
{
    private const string Own = "here~k3v9x2ab";

    [Theory]
    [InlineData(Own, "here")]
    [InlineData("there~aaaaaaaa", "there")]
    [InlineData("there.example.com~aaaaaaaa", "there.example.com")]
    [InlineData("my_host~aaaaaaaa", "my_host")]
    [InlineData("a~b~aaaaaaaa", "a~b")]
    [InlineData("", "")]
    // Of others: a .NET app, --id, client-go, kubectl.
    [InlineData("pod-1_aaaaaaaa", "pod-1_aaaaaaaa")]
    [InlineData("web_frontend", "web_frontend")]
    [InlineData("host_0b8f7b1e-6d6f-4f0c-9a55-0242ac120002", "host_0b8f7b1e-6d6f-4f0c-9a55-0242ac120002")]
    [InlineData("there", "there")]
    // Not quite ours.
    [InlineData("there~aaaaaaa", "there~aaaaaaa")]
    [InlineData("there~aaaaaaaaa", "there~aaaaaaaaa")]
    [InlineData("there~AAAAAAAA", "there~AAAAAAAA")]
    [InlineData("~aaaaaaaa", "~aaaaaaaa")]
    public void Of_AnyHolder_IsTheHostOfOursAndOthersWhole(string holder, string shown) => Assert.Equal(shown, Names().Of(holder, Own));

    [Fact]
    public void Of_AnotherReplicaOnThisHost_IsNotTheNameOfThisHost() => Assert.Equal("aaaaaaaa", Names().Of("here~aaaaaaaa", Own));

    [Theory]
    [InlineData("pod-1_k3v9x2ab", "pod-1")]
    [InlineData("pod-2_aaaaaaaa", "pod-2")]
    [InlineData("pod-1_aaaaaaaa", "aaaaaaaa")] // The same Pod, before its container restarted.
    [InlineData("host_0b8f7b1e-6d6f-4f0c-9a55-0242ac120002", "host_0b8f7b1e-6d6f-4f0c-9a55-0242ac120002")]
    public void Of_WherePodsAreLabelled_IsThePod(string holder, string shown) =>
        Assert.Equal(shown, Names(labelPod: true).Of(holder, "pod-1_k3v9x2ab"));

    private static ShownName Names(bool labelPod = false) => new(new SidecarOptions { LabelPod = labelPod });
}
