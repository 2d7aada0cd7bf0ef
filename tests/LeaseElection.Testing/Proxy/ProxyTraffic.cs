using System.Collections.Concurrent;

namespace LeaseElection.Testing.Proxy;

/// <summary>What went through a proxy. Bounded: a soak test runs for hours.</summary>
public sealed class ProxyTraffic
{
    private const int Remembered = 10_000;

    private readonly ConcurrentDictionary<string, int> _count = new();
    private readonly ConcurrentQueue<ProxiedRequest> _newest = new();
    private int _connections;
    private int _connectionsOpen;
    private int _watchesOpen;
    private int _deadLetters;
    private int _deadEnds;
    private int _eventsLost;

    /// <summary>How many connections were accepted.</summary>
    public int Connections => Volatile.Read(ref _connections);

    /// <summary>How many are open, those that lead into a black hole among them.</summary>
    public int ConnectionsOpen => Volatile.Read(ref _connectionsOpen);

    /// <summary>How many watches are answered at present.</summary>
    public int WatchesOpen => Volatile.Read(ref _watchesOpen);

    /// <summary>How often a client has said something to a black hole.</summary>
    public int DeadLetters => Volatile.Read(ref _deadLetters);

    /// <summary>Over how many connections a client has said something to a black hole.</summary>
    public int DeadEnds => Volatile.Read(ref _deadEnds);

    /// <summary>How many events of watches that were silent came and were not told.</summary>
    public int EventsLost => Volatile.Read(ref _eventsLost);

    /// <summary>The newest requests, oldest first.</summary>
    public IReadOnlyList<ProxiedRequest> Newest => [.. _newest];

    /// <summary>How many requests of a verb arrived: get, create, update, delete or watch.</summary>
    public int this[string verb] => _count.GetValueOrDefault(verb);

    /// <summary>How many requests arrived.</summary>
    public int Total => _count.Values.Sum();

    internal ProxiedRequest Add(string verb)
    {
        var request = new ProxiedRequest(verb, TimeProvider.System.GetTimestamp());
        _newest.Enqueue(request);
        if (_newest.Count > Remembered)
            _newest.TryDequeue(out _);
        _count.AddOrUpdate(verb, 1, (_, count) => count + 1);
        return request;
    }

    internal void Connected()
    {
        Interlocked.Increment(ref _connections);
        Interlocked.Increment(ref _connectionsOpen);
    }

    internal void Disconnected() => Interlocked.Decrement(ref _connectionsOpen);

    internal void WatchOpened() => Interlocked.Increment(ref _watchesOpen);

    internal void WatchClosed() => Interlocked.Decrement(ref _watchesOpen);

    /// <param name="isFirst">Whether it is the first of its connection.</param>
    internal void Swallowed(bool isFirst)
    {
        Interlocked.Increment(ref _deadLetters);
        if (isFirst)
            Interlocked.Increment(ref _deadEnds);
    }

    internal void Silenced(int events) => Interlocked.Add(ref _eventsLost, events);
}
