using LeaseElection.Testing;

namespace LeaseElection.Hosting.Tests;

/// <summary>Policies that stop the host: they set the exit code of the process, which is put back.</summary>
[Collection(nameof(WholeProcess))]
public sealed class ExitCodeTests : HostTest
{
    private readonly int _exitCode = Environment.ExitCode;
    private readonly ElectionHost _host;

    public ExitCodeTests() => _host = NewHost();

    public override async Task DisposeAsync()
    {
        await base.DisposeAsync();
        Environment.ExitCode = _exitCode;
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task WhenWorkEnds_StopHost_HostStopsWithAnExitCodeAndReleases(bool fault)
    {
        _host.AddElection(options => options.WhenWorkEnds = WorkEndPolicy.StopHost).AddWork(Work.RunAsync);
        await _host.StartAndLeadAsync();
        await Work.StartedAsync();

        if (fault)
            Work.Fail(new InvalidOperationException("broken"));
        else
            Work.Return();

        await StoppedByItselfAsync();
        Assert.Null(Server.Holder);
    }

    [Fact]
    public async Task WhenWorkOverruns_StopHost_HostStopsWithAnExitCode()
    {
        Work.Obeys = false;
        _host.AddElection().AddWork(Work.RunAsync);
        await _host.StartAndLeadAsync();
        await Work.StartedAsync();

        Server.Edit(record => record with { HolderIdentity = "other" });
        await _host.UntilStateAsync(LeaderElectionState.Draining);
        Time.Advance(TimeSpan.FromSeconds(5));
        await _host.Logs.WaitForAsync("StopHost");
        Work.Return();

        await StoppedByItselfAsync();
        Assert.Equal("other", Server.Holder);
    }

    private async Task StoppedByItselfAsync()
    {
        await Microsoft.Extensions.Hosting.HostingAbstractionsHostExtensions.WaitForShutdownAsync(_host.Host).WaitAsync(Signal.Patience);
        Assert.Equal(1, Environment.ExitCode);
    }
}
