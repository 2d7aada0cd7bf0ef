using LeaseElection.Testing;

namespace LeaseElection.Hosting.Tests;

/// <summary>Work whose preparation a test follows and ends by hand; a new instance for each attempt, all told by one story.</summary>
internal sealed class PreparingWork(PreparingWork.Story story) : ILeaderWork, IAsyncDisposable
{
    private readonly int _number = story.Made();

    public async Task PrepareAsync(CancellationToken cancellationToken)
    {
        story.Tell($"prepare {_number}");
        await story.PrepareAsync(cancellationToken);
        story.Tell($"prepared {_number}");
    }

    public async Task ExecuteAsync(LeadershipTerm term, CancellationToken stoppingToken)
    {
        story.Tell($"run {_number}");
        await Task.Delay(
            Timeout.InfiniteTimeSpan, TimeProvider.System, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        story.Tell($"ended {_number}");
    }

    public ValueTask DisposeAsync()
    {
        story.Tell($"disposed {_number}");
        return ValueTask.CompletedTask;
    }

    internal sealed class Story
    {
        private readonly Signal _signal = new();
        private readonly List<string> _told = [];
        private int _made;

        /// <summary>What an attempt does.</summary>
        public Func<CancellationToken, Task> PrepareAsync { get; set; } = _ => Task.CompletedTask;

        public IReadOnlyList<string> Told
        {
            get
            {
                lock (_told)
                    return [.. _told];
            }
        }

        public int Made() => Interlocked.Increment(ref _made);

        public void Tell(string what)
        {
            lock (_told)
                _told.Add(what);
            _signal.Pulse();
        }

        public Task UntilAsync(string what) =>
            _signal.WaitUntilAsync(() => Told.Contains(what), () => $"'{what}'; told: " + string.Join(", ", Told));
    }
}
