using System.Collections.Concurrent;
using System.Diagnostics;
using LeaseElection.Hosting.Leases;

namespace LeaseElection.Hosting.Tests.Leases;

/// <summary>A lease in a folder of its own, and what tests of the file store do with it.</summary>
public abstract class FileLeaseStoreSetup : IDisposable
{
    private protected static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly TemporaryFolder _folder = new();
    private protected RecordingLogger<FileLeaseStore> Log { get; } = new();

    private protected string LeaseFolder => Path.Combine(_folder.Path, "shop", "settlement");

    private protected string LeasePath => Path.Combine(LeaseFolder, "lease.json");

    private protected string StoreFolder => _folder.Path;

    public void Dispose()
    {
        _folder.Dispose();
        GC.SuppressFinalize(this);
    }

    private protected static async Task MakePipeAsync(string path) => await RunAsync("mkfifo", path);

    private protected static async Task<string> RunAsync(string program, string argument)
    {
        ProcessStartInfo start = new(program, [argument]) { UseShellExecute = false, RedirectStandardOutput = true };
        using Process process = Process.Start(start)!;
        string output = await process.StandardOutput.ReadToEndAsync().WaitAsync(Patience);
        await process.WaitForExitAsync().WaitAsync(Patience);
        Assert.Equal(0, process.ExitCode);
        return output;
    }

    private protected static LeaseRecord Held(string holder, int renewals = 0) => new()
    {
        HolderIdentity = holder,
        LeaseDurationSeconds = 15,
        AcquireTime = new(2026, 1, 31, 12, 0, 0, TimeSpan.Zero),
        RenewTime = new(2026, 1, 31, 12, 0, renewals, TimeSpan.Zero),
        LeaseTransitions = 0,
    };

    private protected static string? Annotation(Lease lease, string name) =>
        lease.Document!.Metadata!.Extra is { } extra && extra.TryGetValue("annotations", out var annotations)
        && annotations.TryGetProperty(name, out var value)
            ? value.GetString()
            : null;

    private protected FileLeaseStore Open(TimeProvider? clock = null) =>
        new(_folder.Path, "shop", "settlement", clock ?? TimeProvider.System, Log);

    private protected string[] AliveFiles() => Directory.GetFiles(LeaseFolder, "*.alive");

    private protected void AssertDamaged(LeaseReply reply)
    {
        LeaseStoreError error = Assert.IsType<LeaseReply.Failed>(reply).Error;
        Assert.Equal(LeaseStoreErrorKind.Damaged, error.Kind);
        Assert.Contains(LeasePath, error.Message, StringComparison.Ordinal);
    }

    private protected static async Task<Lease> ReadAsync(FileLeaseStore store) =>
        Assert.IsType<LeaseReply.Found>(await store.ReadAsync(Patience, default)).Lease;

    private protected static async Task<Lease> CreateAsync(FileLeaseStore store, LeaseRecord record) =>
        Assert.IsType<LeaseReply.Found>(await store.CreateAsync(record, Patience, default)).Lease;

    private protected static async Task<Lease> ReplaceAsync(FileLeaseStore store, Lease current, LeaseRecord record) =>
        Assert.IsType<LeaseReply.Found>(await store.ReplaceAsync(current, record, Patience, default)).Lease;

    private protected sealed class FrozenClock(DateTimeOffset now) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => now;
    }

    /// <summary>The timeout of a request comes when the test says so, however slow the machine; short pauses take their time.</summary>
    private protected sealed class TimeoutOnCommand : TimeProvider
    {
        private readonly ConcurrentQueue<Action> _timeouts = new();

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            if (dueTime < TimeSpan.FromSeconds(1))
                return base.CreateTimer(callback, state, dueTime, period);
            _timeouts.Enqueue(() => callback(state));
            return base.CreateTimer(callback, state, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }

        public void TimeOut()
        {
            while (_timeouts.TryDequeue(out Action? timeout))
                timeout();
        }
    }
}
