using System.Diagnostics;
using LeaseElection.Hosting.Kubernetes.Credentials;
using LeaseElection.Hosting.Tests.Leases;
using LeaseElection.Testing;
using LeaseElection.Testing.Time;
using Microsoft.Extensions.Logging.Abstractions;

namespace LeaseElection.Hosting.Tests.Kubernetes;

[Collection(nameof(FileLocks))]
public sealed class RereadValueTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    /// <summary>A pipe without a writer hangs whoever opens it, as a disk that is gone does: the last value may well be good.</summary>
    [UnixFact]
    public async Task Get_WhileAnotherReadHangs_GivesWhatThereIs()
    {
        string file = Path.Combine(_folder.Path, "token");
        await File.WriteAllTextAsync(file, "first");
        var time = new ManualTimeProvider();
        var token = new RereadValue<string>(texts => texts[0], time, NullLogger.Instance, TextSource.FromFile(file));
        Assert.Equal("first", token.Get());
        File.Delete(file);
        await RunAsync("mkfifo", file);
        time.Advance(RereadValue<string>.Period);

        Task<string>[] asked = [Task.Run(() => token.Get()), Task.Run(() => token.Get())];
        Task<string> answered = await Task.WhenAny(asked).WaitAsync(Signal.Patience);

        Assert.Equal("first", await answered);
        await RunAsync("sh", "-c", $"printf second >'{file}'");
        Assert.Equal("second", await asked.Single(task => task != answered).WaitAsync(Signal.Patience));
    }

    private static async Task RunAsync(string program, params string[] arguments)
    {
        using Process process = Process.Start(program, arguments);
        await process.WaitForExitAsync().WaitAsync(Signal.Patience);
        Assert.Equal(0, process.ExitCode);
    }
}
