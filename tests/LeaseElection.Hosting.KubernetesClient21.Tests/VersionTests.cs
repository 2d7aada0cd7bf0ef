using System.Reflection;
using k8s;

namespace LeaseElection.Hosting.KubernetesClient.Tests;

public sealed class VersionTests
{
    [Fact]
    public void KubernetesClient_HereAndWhereThePackageWasCompiled_AreTheNewestAndTheFloor()
    {
        Assert.Equal(21, typeof(KubernetesClientConfiguration).Assembly.GetName().Version!.Major);
        AssemblyName compiledFor = Assembly.Load("LeaseElection.Hosting.KubernetesClient").GetReferencedAssemblies()
            .Single(assembly => assembly.Name == "KubernetesClient");
        Assert.Equal(19, compiledFor.Version!.Major);
    }
}
