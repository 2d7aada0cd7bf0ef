using LeaseElection.Testing.ApiServer;

namespace LeaseElection.Hosting.Yarp.Tests.Load;

/// <summary>What nobody has asked for costs nothing.</summary>
public sealed class FootprintTests(ITestOutputHelper output)
{
    [Fact]
    public async Task AppThatWasNeverAsked_UsesWhatOneWithoutForwardingUses()
    {
        Footprint without = await TakeAsync();
        Footprint with = await TakeAsync($"--{Footprint.Forwarding}=true");

        output.WriteLine($"without {without}, with {with}");
        Assert.Equal(without, with);
    }

    private static async Task<Footprint> TakeAsync(params string[] settings)
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("leaseelection-footprint-");
        string log = Path.Combine(folder.FullName, "log");
        string[] all =
        [
            "--LeaderElection:LeaseName=settlement", "--LeaderElection:Store=File", $"--LeaderElection:File:Directory={folder.FullName}",
            .. settings,
        ];
        await using GuardedProcess process = await GuardedProcess.StartAsync(
            "dotnet", [typeof(FootprintTests).Assembly.Location, Footprint.Command, .. all], log, removeAtEnd: folder.FullName);
        int code = await process.Exited;
        string said = await File.ReadAllTextAsync(log);
        return code == 0 && Footprint.Parse(said.Trim()) is { } footprint
            ? footprint
            : throw new InvalidOperationException($"It ended with {code}:\n{said}");
    }
}
