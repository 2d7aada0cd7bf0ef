using System.Runtime.Versioning;
using LeaseElection.Testing.Processes;

namespace LeaseElection.Hosting.ClusterTests.Faults.Packets;

/// <summary>A suite that wrongly skips itself looks like one that passes.</summary>
[SupportedOSPlatform("linux")] // Makes programs of scripts.
public sealed class NetworkNamespacesTests : IDisposable
{
    private readonly DirectoryInfo _temporary = Directory.CreateTempSubdirectory();
    private readonly Dictionary<string, string?> _environment = [];

    public NetworkNamespacesTests()
    {
        _environment["HOME"] = _temporary.FullName;
        _environment["KUBEBUILDER_ASSETS"] = _temporary.FullName;
        foreach (string program in (string[])["etcd", "kube-apiserver"])
            File.WriteAllText(Path.Combine(_temporary.FullName, program), "");
    }

    public void Dispose() => _temporary.Delete(recursive: true);

    [Fact]
    public void ReasonToSkip_NoServer_SaysSo()
    {
        _environment.Remove("KUBEBUILDER_ASSETS");

        Assert.Contains("run tests/apiserver/install", Reason(), StringComparison.Ordinal);
    }

    [PacketFact] // Where there are no namespaces at all, that is what is said.
    public void ReasonToSkip_IpMayNotMakeALink_SaysWhatTheKernelSaid()
    {
        _environment[NetworkNamespaces.IpVariable] = Program("echo RTNETLINK answers: Operation not permitted >&2; exit 2");

        Assert.Contains("RTNETLINK answers: Operation not permitted", Reason(), StringComparison.Ordinal);
    }

    [Fact]
    public void ReasonToSkip_IpMayNotMakeALinkInCI_DoesNotSkip()
    {
        _environment[NetworkNamespaces.IpVariable] = Program("exit 2");
        _environment["CI"] = "true";

        Assert.Null(Reason());
    }

    [Fact]
    public void Find_ProgramThatIsNamed_GoesBeforeThePath()
    {
        string named = _environment[NetworkNamespaces.IpVariable] = Program("exit 0");
        _environment["PATH"] = _temporary.FullName;
        File.WriteAllText(Path.Combine(_temporary.FullName, "ip"), "");

        Assert.Equal(named, NetworkNamespaces.Find(_environment.GetValueOrDefault));
        _environment.Remove(NetworkNamespaces.IpVariable);
        Assert.Equal(Path.Combine(_temporary.FullName, "ip"), NetworkNamespaces.Find(_environment.GetValueOrDefault));
    }

    private string? Reason() => PacketFactAttribute.ReasonToSkip(_environment.GetValueOrDefault);

    private string Program(string script)
    {
        string path = Path.Combine(_temporary.FullName, "its-ip");
        File.WriteAllText(path, $"#!/bin/sh\n{script}\n");
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        return path;
    }
}
