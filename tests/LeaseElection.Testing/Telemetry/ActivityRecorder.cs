using System.Collections.Concurrent;
using System.Diagnostics;
using LeaseElection.Hosting;

namespace LeaseElection.Testing.Telemetry;

/// <summary>Keeps the activities of elections for one lease: the source is one for the whole process.</summary>
public sealed class ActivityRecorder : IDisposable
{
    private readonly ConcurrentQueue<Activity> _activities = new();
    private readonly ActivityListener _listener;
    private readonly Signal _signal = new();

    public ActivityRecorder(string leaseName)
    {
        _listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == LeaderElectionTelemetry.ActivitySourceName,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = activity =>
            {
                if ((string?)activity.GetTagItem("leader_election.lease.name") != leaseName)
                    return;
                _activities.Enqueue(activity);
                _signal.Pulse();
            },
        };
        ActivitySource.AddActivityListener(_listener);
    }

    public IReadOnlyList<Activity> All => [.. _activities];

    /// <summary>The <paramref name="count"/>th activity of that name, as soon as it has ended.</summary>
    public async Task<Activity> WaitForAsync(string name, int count = 1)
    {
        IEnumerable<Activity> named = _activities.Where(activity => activity.OperationName == name);
        await _signal.WaitUntilAsync(
            () => named.Count() >= count,
            () => $"{count} x {name}; seen: {string.Join(", ", _activities.Select(activity => activity.OperationName))}");
        return named.ElementAt(count - 1);
    }

    public void Dispose() => _listener.Dispose();
}
