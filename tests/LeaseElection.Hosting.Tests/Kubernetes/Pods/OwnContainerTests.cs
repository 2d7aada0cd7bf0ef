using LeaseElection.Hosting.Configuration;
using LeaseElection.Hosting.Election.Deaths;
using LeaseElection.Hosting.Kubernetes.Pods;
using LeaseElection.Hosting.Leases;
using Microsoft.Extensions.Configuration;

namespace LeaseElection.Hosting.Tests.Kubernetes.Pods;

public sealed class OwnContainerTests
{
    private const string Uid = "4f0c9d6e-8f6e-4a53-9f0e-1c2d3e4f5a6b";

    private static readonly DateTimeOffset Now = new DateTimeOffset(2026, 11, 28, 13, 5, 7, TimeSpan.Zero).AddTicks(1234567);

    private static readonly Dictionary<string, string?> Variables = new()
    {
        ["POD_NAME"] = "worker-0",
        ["POD_UID"] = Uid,
        ["POD_NAMESPACE"] = "shop",
    };

    [Fact]
    public void Resolve_InAPod_IsPodContainerAndTime() => Assert.Equal(
        new HolderProcess("shop/worker-0", Uid, "app", new DateTimeOffset(2026, 11, 28, 13, 5, 7, TimeSpan.Zero).AddMicroseconds(123456)),
        Resolve(Variables, "app"));

    [Theory]
    [InlineData("POD_NAME", null, "LeaderElection:Kubernetes:TakeOverFromTerminated is true, but the "
        + "variable POD_NAME is not set, which tells the Pod "
        + "whose end others look for: set POD_NAME from the downward API (fieldPath: metadata.name), or "
        + "LeaderElection:Kubernetes:TakeOverFromTerminated to false.")]
    [InlineData("POD_UID", null, "LeaderElection:Kubernetes:TakeOverFromTerminated is true, but the "
        + "variable POD_UID is not set, which tells this Pod "
        + "from others of its name: set POD_UID from the downward API (fieldPath: metadata.uid), or "
        + "LeaderElection:Kubernetes:TakeOverFromTerminated to false.")]
    [InlineData("POD_UID", "4f 0c", "POD_UID is \"4f 0c\", and must be the uid of a Pod, without white space")]
    [InlineData("POD_NAMESPACE", null, "the namespace of the Pod is not known")]
    public void Resolve_AVariableIsMissing_IsRefusedWithTheFix(string variable, string? value, string expected) =>
        AssertRefused(expected, new(Variables) { [variable] = value }, "app");

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    public void Resolve_NoContainerName_IsRefusedWithTheFix(string? name) => AssertRefused(
        "LeaderElection:Kubernetes:TakeOverFromTerminated is true, but "
            + "LeaderElection:Kubernetes:ContainerName is not set, which tells the others "
        + "whose end to look for: set it to the name of the container that this process runs in, as in the Pod's spec (for example "
        + "\"app\"), or "
        + "LeaderElection:Kubernetes:TakeOverFromTerminated to false.",
        Variables,
        name);

    [Fact]
    public void Resolve_NoName_IsRefused() => AssertRefused(
        "LeaderElection:Kubernetes:ContainerName is \"My App\", and must be a lower-case RFC 1123 label", Variables, "My App");

    [Fact]
    public void Resolve_NothingIsThere_IsToldAllAtOnce() => Assert.Equal(
        """
        LeaderElection:Kubernetes:TakeOverFromTerminated is true, but:
          - the variable POD_NAME is not set, which tells the Pod whose end others look for: set POD_NAME from the downward API (fieldPath: metadata.name)
          - the namespace of the Pod is not known: the variable POD_NAMESPACE is not set, and /nowhere/serviceaccount/namespace is not found: set POD_NAMESPACE from the downward API (fieldPath: metadata.namespace)
          - the variable POD_UID is not set, which tells this Pod from others of its name: set POD_UID from the downward API (fieldPath: metadata.uid)
          - LeaderElection:Kubernetes:ContainerName is not set, which tells the others whose end to look for: set it to the name of the container that this process runs in, as in the Pod's spec (for example "app")
        Or set LeaderElection:Kubernetes:TakeOverFromTerminated to false.
        """,
        Assert.Throws<LeaseStoreConfigurationException>(() => Resolve([], container: null)).Message);

    [Theory]
    [InlineData("LeaderElection", null)]
    [InlineData("LeaderElection:a", null)]
    [InlineData("LeaderElection", "LeaderElection:a")]
    [InlineData("LeaderElection:a", "LeaderElection")]
    public void Resolve_NamedElection_IsToldWhereItIsWritten(string takeOver, string? name)
    {
        Dictionary<string, string?> settings =
            new() { ["LeaderElection:a:LeaseName"] = "a", [takeOver + ":Kubernetes:TakeOverFromTerminated"] = "true" };
        if (name is not null)
            settings[name + ":Kubernetes:ContainerName"] = "My App";
        LeaderElectionOptions options =
            BoundOptions.From(new ConfigurationBuilder().AddInMemoryCollection(settings).Build()).Add("a").Get("a");

        var exception = Assert.Throws<LeaseStoreConfigurationException>(() => Resolve(Variables, options, "a"));

        string expected = $"{takeOver}:Kubernetes:TakeOverFromTerminated is true, but {name ?? takeOver}:Kubernetes:ContainerName is ";
        Assert.StartsWith(expected, exception.Message, StringComparison.Ordinal);
        Assert.EndsWith($", or {takeOver}:Kubernetes:TakeOverFromTerminated to false.", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Resolve_TheNameOfAnotherContainer_IsRefused() => AssertRefused(
        "LeaderElection:Kubernetes:ContainerName is \"sidecar\", but this process runs in the container \"app\", and the end of another "
            + "one would be "
        + "taken for its death: set it to \"app\", or LeaderElection:Kubernetes:TakeOverFromTerminated to false.",
        Variables,
        "sidecar",
        Mount("app"));

    [Fact]
    public void Resolve_TheNameThatTheMountsTell_IsTaken() => Assert.Equal("app", Resolve(Variables, "app", Mount("app")).Container);

    [Theory]
    [InlineData("some line")]
    [InlineData("1 2 0:1 /pods/another/containers/db/1f2e3d4c /dev/termination-log rw - ext4 /dev/sda1 rw")] // A volume of the node.
    public void Resolve_OtherMounts_TellNothing(string mount) => Assert.Equal("app", Resolve(Variables, "app", mount).Container);

    private static string Mount(string container) =>
        $"1203 1190 8:1 /var/lib/kubelet/pods/{Uid}/containers/{container}/1f2e3d4c /dev/termination-log rw,relatime - ext4 /dev/sda1 rw";

    private static void AssertRefused(string expected, Dictionary<string, string?> variables, string? container, params string[] mounts)
    {
        var exception = Assert.Throws<LeaseStoreConfigurationException>(() => Resolve(variables, container, mounts));
        Assert.Contains(expected, exception.Message, StringComparison.Ordinal);
    }

    private static HolderProcess Resolve(Dictionary<string, string?> variables, string? container, params string[] mounts) => Resolve(
        variables, new LeaderElectionOptions { Kubernetes = { TakeOverFromTerminated = true, ContainerName = container } }, "", mounts);

    private static HolderProcess Resolve(
        Dictionary<string, string?> variables, LeaderElectionOptions options, string election, params string[] mounts)
    {
        ProcessEnvironment environment = TestEnvironment.With(
            [.. variables.Where(pair => pair.Value is not null).Select(pair => (pair.Key, pair.Value!))]);
        return OwnContainer.Resolve(
            new LeaderElectionRegistration(election, null), options, environment with { Mounts = () => mounts }, Now);
    }
}
