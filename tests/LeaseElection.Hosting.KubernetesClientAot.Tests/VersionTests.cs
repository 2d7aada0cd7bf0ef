using k8s;

namespace LeaseElection.Hosting.KubernetesClient.Tests;

public sealed class VersionTests
{
    [Fact]
    public void KubernetesClient_Here_IsTheOneForNativeAot() =>
        Assert.Equal("KubernetesClient.Aot", typeof(KubernetesClientConfiguration).Assembly.GetName().Name);
}
