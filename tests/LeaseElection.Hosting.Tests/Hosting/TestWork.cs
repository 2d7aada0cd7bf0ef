using LeaseElection.Testing;

namespace LeaseElection.Hosting.Tests;

/// <summary>Work that a test follows and ends by hand; the same for every term, each run counted.</summary>
internal sealed class TestWork
{
    private readonly Signal _signal = new();
    private TaskCompletionSource _end = NewEnd();
    private int _starts;
    private int _stops;
    private int _running;
    private int _mostAtOnce;

    /// <summary>Whether it returns by itself when its token fires.</summary>
    public bool Obeys { get; set; } = true;

    public int Starts => Volatile.Read(ref _starts);

    public int Stops => Volatile.Read(ref _stops);

    public int Running => Volatile.Read(ref _running);

    public int MostAtOnce => Volatile.Read(ref _mostAtOnce);

    /// <summary>Of the last run.</summary>
    public LeadershipTerm? Term { get; private set; }

    public CancellationToken Token { get; private set; }

    public async Task RunAsync(IServiceProvider _, LeadershipTerm term, CancellationToken stoppingToken)
    {
        Task end = Volatile.Read(ref _end).Task;
        (Term, Token) = (term, stoppingToken);
        int running = Interlocked.Increment(ref _running);
        for (int most = MostAtOnce; running > most; most = MostAtOnce)
            Interlocked.CompareExchange(ref _mostAtOnce, running, most);
        Interlocked.Increment(ref _starts);
        using CancellationTokenRegistration told = stoppingToken.Register(_signal.Pulse);
        _signal.Pulse();
        try
        {
            await (Obeys ? end.WaitAsync(stoppingToken) : end);
        }
        finally
        {
            Interlocked.Decrement(ref _running);
            Interlocked.Increment(ref _stops);
            _signal.Pulse();
        }
    }

    public Task StartedAsync(int times = 1) => UntilAsync(work => work.Starts >= times);

    public Task StoppedAsync(int times = 1) => UntilAsync(work => work.Stops >= times);

    /// <summary>Until a run is under way that has not been told to stop.</summary>
    public Task RunningAsync() => UntilAsync(work => work.Running > 0 && !work.Token.IsCancellationRequested);

    /// <summary>Until its token has fired.</summary>
    public Task ToldToStopAsync() => UntilAsync(work => work.Token.IsCancellationRequested);

    public void Return() => Interlocked.Exchange(ref _end, NewEnd()).SetResult();

    public void Fail(Exception exception) => Interlocked.Exchange(ref _end, NewEnd()).SetException(exception);

    private Task UntilAsync(Func<TestWork, bool> condition) => _signal.WaitUntilAsync(
        () => condition(this), () => $"work, started {Starts} and stopped {Stops} times, told to stop: {Token.IsCancellationRequested}");

    private static TaskCompletionSource NewEnd() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
