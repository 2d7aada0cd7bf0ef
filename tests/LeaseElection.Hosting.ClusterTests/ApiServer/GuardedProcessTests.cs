using LeaseElection.Testing.ApiServer;

namespace LeaseElection.Hosting.ClusterTests.ApiServer;

[Collection(ApiServerFixture.Collection)]
public sealed class GuardedProcessTests : IDisposable
{
    private readonly DirectoryInfo _temporary = Directory.CreateTempSubdirectory();

    private string Log => Path.Combine(_temporary.FullName, "log");

    public void Dispose() => _temporary.Delete(recursive: true);

    [Fact]
    public async Task Exited_ProgramEndsByItself_HasItsExitCodeAndItsOutput()
    {
        await using var program = await GuardedProcess.StartAsync("bash", ["-c", "echo out; echo err >&2; exit 3"], Log);

        Assert.Equal(3, await program.Exited);
        Assert.Equal("out\nerr\n", await File.ReadAllTextAsync(Log));
    }

    [Fact]
    public async Task Exited_NoSuchProgram_LogSaysSo()
    {
        await using var program = await GuardedProcess.StartAsync("no-such-program", [], Log);

        Assert.Equal(127, await program.Exited);
        Assert.Contains("no-such-program", await File.ReadAllTextAsync(Log), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Pid_Started_IsThatOfTheProgram()
    {
        await using var program = await GuardedProcess.StartAsync("sleep", ["1000"], Log);

        await Polling.UntilAsync(
            async () => await File.ReadAllTextAsync($"/proc/{program.Pid}/comm") == "sleep\n", TimeSpan.FromSeconds(30));
    }

    [Theory]
    [InlineData(UnixSignal.Interrupt)]
    [InlineData(UnixSignal.Terminate)]
    [InlineData(UnixSignal.Kill)]
    public async Task Send_SignalThatEnds_ProgramEndsByIt(UnixSignal signal)
    {
        await using var program = await GuardedProcess.StartAsync("sleep", ["1000"], Log);

        program.Send(signal);

        Assert.Equal(128 + (int)signal, await program.Exited);
    }

    [Fact]
    public async Task PauseAsync_SignalInBetween_TakesEffectAfterContinue()
    {
        await using var program = await GuardedProcess.StartAsync("sleep", ["1000"], Log);

        await program.PauseAsync();
        program.Send(UnixSignal.Terminate);
        Assert.False(program.Exited.IsCompleted);
        program.Send(UnixSignal.Continue);

        Assert.Equal(128 + (int)UnixSignal.Terminate, await program.Exited);
    }

    [Fact]
    public async Task Send_ProgramHasEnded_DoesNothing()
    {
        await using var program = await GuardedProcess.StartAsync("true", [], Log);
        await program.Exited;

        program.Send(UnixSignal.Kill);

        Assert.Equal(0, await program.Exited);
    }

    [Fact]
    public async Task DisposeAsync_PausedProgram_EndsAndTakesItsDirectoryAlong()
    {
        var data = _temporary.CreateSubdirectory("data").FullName;
        var program = await GuardedProcess.StartAsync("sleep", ["1000"], Log, removeAtEnd: data);
        await program.PauseAsync();

        await program.DisposeAsync();

        Assert.Equal(128 + (int)UnixSignal.Kill, await program.Exited);
        Assert.False(Directory.Exists(data));
    }
}
