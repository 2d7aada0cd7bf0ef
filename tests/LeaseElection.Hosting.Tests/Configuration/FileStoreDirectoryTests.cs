using LeaseElection.Hosting.Configuration;
using LeaseElection.Hosting.Leases;

namespace LeaseElection.Hosting.Tests;

public class FileStoreDirectoryTests
{
    private static readonly LeaderElectionRegistration Registration = new("", Section: null);

    [Fact]
    public void Resolve_Configured_IsTaken()
    {
        var options = new LeaderElectionOptions { File = { Directory = "/leases" } };

        Assert.Equal("/leases", FileStoreDirectory.Resolve(Registration, options, TestEnvironment.With()));
    }

    [Fact]
    public void Resolve_NotConfigured_IsInTheApplicationDataOfTheUser() =>
        Assert.Equal(
            Path.Combine("/nowhere/share", "LeaseElection"),
            FileStoreDirectory.Resolve(Registration, new LeaderElectionOptions(), TestEnvironment.With()));

    [Fact]
    public void Resolve_UserWithoutHome_NamesTheOption()
    {
        var exception = Assert.Throws<LeaseStoreConfigurationException>(() => FileStoreDirectory.Resolve(
            Registration, new LeaderElectionOptions(), TestEnvironment.With() with { LocalApplicationData = "" }));

        Assert.StartsWith("LeaderElection:File:Directory is not set, and the user", exception.Message, StringComparison.Ordinal);
    }
}
