using LeaseElection.Hosting.Kubernetes.Connecting;
using LeaseElection.Hosting.Kubernetes.Credentials;
using LeaseElection.Hosting.Kubernetes.Requests;
using LeaseElection.Hosting.Leases;
using LeaseElection.Hosting.Tests.Fuzz.Strange;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit.Abstractions;

namespace LeaseElection.Hosting.Tests.Fuzz;

/// <summary>Any file as kubeconfig: a connection that requests can be made with, or a refusal that names the file and no secret.</summary>
public sealed class KubeConfigFuzzTests(ITestOutputHelper output) : IDisposable
{
    private const int FilesPerSeed = 100;

    private readonly TemporaryFolder _folder = new();

    private string ConfigPath => Path.Combine(_folder.Path, "config");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Load_AnyFile_ConnectsOrIsRefused() => FuzzRun.EachSeed(output, seeds: 40, world =>
    {
        for (int i = 0; i < FilesPerSeed; i++)
            Check(world.Put("kubeconfig", StrangeKubeConfig.Any(world.Random)));
    });

    [Theory]
    [InlineData("[")]
    [InlineData("{a: ")]
    [InlineData("? ")]
    [InlineData("- ")]
    public void Load_NestedWithoutEnd_IsRefused(string opening) => Check(string.Concat(Enumerable.Repeat(opening, 100_000)));

    [Fact]
    public void Load_AliasesOfAliases_AreRefusedOrHarmless()
    {
        // Ten times ten times ... : small as a graph, 10^12 nodes for whoever walks it as a tree. As a key it is walked: keys are hashed.
        string levels = string.Join('\n', Enumerable.Range(1, 12).Select(level =>
            $"l{level}: &l{level} [{string.Join(", ", Enumerable.Repeat($"*l{level - 1}", 10))}]"));
        Check($"l0: &l0 x\n{levels}\n? *l12\n: y\n");
    }

    [Theory]
    [InlineData("&a [*a]")]
    [InlineData("&a {*a : b}")]
    [InlineData("? &a [*a]\n: b")]
    public void Load_NodeWithinItself_IsRefusedOrHarmless(string yaml) => Check(yaml);

    private void Check(string yaml) => Check(System.Text.Encoding.UTF8.GetBytes(yaml));

    private void Check(byte[] file)
    {
        File.WriteAllBytes(ConfigPath, file);
        try
        {
            KubernetesConnection connection = KubeConfigConnection.Create(KubeConfig.Load([ConfigPath], "KubeConfig")!, null, "Context");
            var channels = new ApiServerChannelFactory(connection, TimeProvider.System, NullLogger.Instance);
            var credential = new ClusterCredential("t", null);
            channels.CreateForRequestsAsync(credential, shared: false, default).AsTask().GetAwaiter().GetResult().Dispose();
            using HttpRequestMessage message = channels.CreateMessage(
                HttpMethod.Get, new LeaseResource(connection.Server, "default", "settlement").ForItem(TimeSpan.FromSeconds(1)), credential);
            Assert.Equal(Uri.UriSchemeHttps, message.RequestUri!.Scheme);
        }
        catch (LeaseStoreConfigurationException refused)
        {
            Assert.Contains(ConfigPath, refused.Message, StringComparison.Ordinal);
            Assert.DoesNotContain("c0nfidential", refused.Message, StringComparison.Ordinal);
        }
    }
}
