using LeaseElection.Hosting.Leases.Files;
using LeaseElection.Testing.Time;
using Microsoft.Extensions.Logging;

namespace LeaseElection.Hosting.Tests.Leases.Files;

public sealed class WakeSignalTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly TemporaryFolder _folder = new();
    private readonly RecordingLogger<WakeSignal> _log = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Wait_SystemHasNoNotificationsLeft_PollsAndSaysSoOnce()
    {
        ManualTimeProvider time = new();
        using WakeSignal signal = new(Paths(), time, _log, _ => throw new IOException("The configured user limit (128) has been reached."));

        Assert.Equal(Wake.Changed, await signal.WaitAsync(default).AsTask().WaitAsync(Patience));
        for (int poll = 0; poll < 3; poll++)
        {
            time.Advance(TimeSpan.FromMilliseconds(250));
            Assert.Equal(Wake.Poll, await signal.WaitAsync(default).AsTask().WaitAsync(Patience));
        }

        (LogLevel level, EventId id, string message) = Assert.Single(_log.Lines);
        Assert.Equal("PollsInsteadOfWatching", id.Name);
        Assert.Equal(LogLevel.Warning, level);
        Assert.Contains("128", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Wait_LeaseFileIsReplaced_WokenForAChange()
    {
        LeasePaths paths = Paths();
        using WakeSignal signal = new(paths, TimeProvider.System, _log);
        await File.WriteAllTextAsync(paths.Temporary, "x");
        File.Move(paths.Temporary, paths.Lease);

        Wake wake = Wake.None;
        while (!wake.HasFlag(Wake.Changed))
            wake = await signal.WaitAsync(default).AsTask().WaitAsync(Patience);
        Assert.Empty(_log.Lines);
    }

    [Fact]
    public async Task Wait_Probes_WokenToAsk()
    {
        using WakeSignal signal = new(Paths(), TimeProvider.System, _log) { Probes = true };

        Assert.True((await signal.WaitAsync(default).AsTask().WaitAsync(Patience)).HasFlag(Wake.Probe));
    }

    private LeasePaths Paths()
    {
        LeasePaths paths = new(_folder.Path, "shop", "settlement");
        paths.MakeFolder();
        return paths;
    }
}
