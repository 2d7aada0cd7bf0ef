using System.Reflection;
using LeaseElection.Hosting.Kubernetes.Connecting;
using YamlDotNet.Core;

namespace LeaseElection.Hosting.YamlDotNet.Tests;

/// <summary>That the other tests of this project try what they are meant to.</summary>
public sealed class YamlDotNetTests
{
    [Fact]
    public void Library_CompiledForItsFloor_RunsWithTheNewest()
    {
        AssemblyName compiledFor = Assert.Single(
            typeof(KubeConfig).Assembly.GetReferencedAssemblies(), assembly => assembly.Name == "YamlDotNet");

        Assert.Equal((16, 18), (compiledFor.Version!.Major, typeof(Parser).Assembly.GetName().Version!.Major));
    }
}
