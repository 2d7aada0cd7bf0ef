using System.Collections.Concurrent;

namespace LeaseElection.Testing.Proxy;

/// <summary>The watches that pass through, and what befalls new ones.</summary>
internal sealed class ProxyWatches
{
    private readonly ConcurrentDictionary<ProxyWatch, bool> _open = new();
    private volatile bool _areSilent;

    public bool AreSilent
    {
        get => _areSilent;
        set => _areSilent = value;
    }

    /// <summary>When a watch ends by itself; setting it is for those that are open, too.</summary>
    public TimeSpan? EndAfter
    {
        get;
        set
        {
            field = value;
            foreach (ProxyWatch watch in _open.Keys)
                watch.EndAfter(value ?? Timeout.InfiniteTimeSpan);
        }
    }

    public ProxyWatch Add(ProxyConnection connection)
    {
        var watch = new ProxyWatch(connection);
        _open[watch] = true;
        if (EndAfter is { } time)
            watch.EndAfter(time);
        return watch;
    }

    public void Remove(ProxyWatch watch) => _open.TryRemove(watch, out _);

    public Task TellAsync(string text) => Task.WhenAll(_open.Keys.Select(watch => watch.TellAsync(text)));

    public void End(WatchBreak? how)
    {
        foreach (ProxyWatch watch in _open.Keys)
            watch.End(how);
    }
}
