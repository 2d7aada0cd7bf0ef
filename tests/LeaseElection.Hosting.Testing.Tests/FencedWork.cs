namespace LeaseElection.Hosting.Testing.Tests;

/// <summary>Work as an app has it: it uses its resource for as long as it may, or longer.</summary>
internal sealed class FencedWork(FencedResource resource)
{
    private readonly TaskCompletionSource _end = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _running;

    /// <summary>Whether it stops when its token fires.</summary>
    public bool Obeys { get; init; } = true;

    public int Running => Volatile.Read(ref _running);

    /// <summary>Lets work end that does not obey.</summary>
    public void End() => _end.TrySetResult();

    public async Task RunAsync(LeadershipTerm term, CancellationToken stoppingToken)
    {
        Interlocked.Increment(ref _running);
        try
        {
            using IDisposable use = resource.Use(term);
            await (Obeys ? _end.Task.WaitAsync(stoppingToken) : _end.Task);
        }
        finally
        {
            Interlocked.Decrement(ref _running);
        }
    }
}
