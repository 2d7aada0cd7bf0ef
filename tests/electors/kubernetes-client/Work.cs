namespace LeaseElection.Electors.KubernetesClient;

/// <summary>Does nothing but tell when. Once it has ended it does not start again: this process has one term at most.</summary>
internal sealed class Work(string identity)
{
    private readonly Lock _lock = new();
    private string? _version;
    private string? _token;
    private bool _ended;

    public string Identity => identity;

    public void Wrote(string version)
    {
        lock (_lock)
        {
            _version = version;
            Console.WriteLine($"wrote {version}");
        }
    }

    public void Start()
    {
        lock (_lock)
        {
            if (!_ended)
            {
                _token = _version;
                Tell("start");
            }
        }
    }

    public void End()
    {
        lock (_lock)
        {
            if (_token is not null && !_ended)
                Tell("end");
            _ended = true;
        }
    }

    /// <summary>CLOCK_MONOTONIC in nanoseconds, which is what the runtime counts timestamps in here.</summary>
    private void Tell(string what) => Console.WriteLine($"{what} {TimeProvider.System.GetTimestamp()} {identity} {_token}");
}
