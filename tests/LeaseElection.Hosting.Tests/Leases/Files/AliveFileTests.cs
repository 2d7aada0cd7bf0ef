using LeaseElection.Hosting.Leases.Files;

namespace LeaseElection.Hosting.Tests.Leases.Files;

[Collection(nameof(FileLocks))]
public sealed class AliveFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void OwnerIsGone_OwnerHoldsIt_No()
    {
        AliveFile file = AliveFile.Create(_folder.Path);
        using AliveProbe probe = Probe(file.Name);

        Assert.False(probe.OwnerIsGone());
        file.Close();
    }

    [Fact]
    public void OwnerIsGone_NobodyHoldsIt_YesForEveryoneWhoAsks()
    {
        const string Name = "0123456789abcdef0123456789abcdef.alive";
        File.WriteAllText(Path.Combine(_folder.Path, Name), "");
        using AliveProbe first = Probe(Name);
        using AliveProbe second = Probe(Name);

        Assert.True(first.OwnerIsGone());
        Assert.True(second.OwnerIsGone());
        Assert.True(first.OwnerIsGone());
    }

    [Fact]
    public void OwnerIsGone_NoSuchFile_No()
    {
        using AliveProbe probe = Probe("0123456789abcdef0123456789abcdef.alive");

        Assert.False(probe.OwnerIsGone());
        Assert.False(probe.OwnerIsGone());
    }

    [Fact]
    public void DeleteOrphans_OneAliveOneDeadOneNamedOneForeign_OnlyTheDeadGoes()
    {
        AliveFile alive = AliveFile.Create(_folder.Path);
        string dead = new string('d', 32) + ".alive";
        string named = new string('a', 32) + ".alive";
        const string Foreign = "mine.alive";
        foreach (string name in new[] { dead, named, Foreign })
            File.WriteAllText(Path.Combine(_folder.Path, name), "");

        AliveFile.DeleteOrphans(_folder.Path, named);

        Assert.Equal(
            new[] { alive.Name, named, Foreign }.Order(StringComparer.Ordinal),
            Directory.GetFiles(_folder.Path).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal));
        alive.Close();
        Assert.False(File.Exists(Path.Combine(_folder.Path, alive.Name)));
    }

    private AliveProbe Probe(string name) => new(Path.Combine(_folder.Path, name));
}
