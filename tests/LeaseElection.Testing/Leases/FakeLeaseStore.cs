using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using LeaseElection.Hosting.Leases;

namespace LeaseElection.Testing.Leases;

/// <summary>One host's connection to a <see cref="FakeLeaseServer"/>, with faults on demand.</summary>
internal sealed class FakeLeaseStore(FakeLeaseServer server) : ILeaseStore, IBlockingLeaseStore
{
    private readonly ConcurrentQueue<FakeFault> _next = new();
    private volatile FakeFault _all;
    private volatile TaskCompletionSource _late = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public string Description => "lease fake/fake in memory";

    public bool IsDisposed { get; private set; }

    /// <summary>What disposing it throws.</summary>
    public Exception? DisposeError { get; set; }

    /// <summary>The next requests suffer these faults, one each; those after them the lasting one.</summary>
    public void Next(params FakeFault[] faults)
    {
        foreach (FakeFault fault in faults)
            _next.Enqueue(fault);
    }

    /// <summary>All requests suffer this fault until further notice.</summary>
    public void All(FakeFault fault) => _all = fault;

    /// <summary>Answers that are held back arrive.</summary>
    public void DeliverLate() =>
        Interlocked.Exchange(ref _late, new(TaskCreationOptions.RunContinuationsAsynchronously)).SetResult();

    public Task<LeaseReply> ReadAsync(TimeSpan timeout, CancellationToken cancellationToken) =>
        SendAsync(server.Read, isWrite: false, timeout, cancellationToken);

    public Task<LeaseReply> CreateAsync(LeaseWrite write, TimeSpan timeout, CancellationToken cancellationToken) =>
        SendAsync(() => server.Create(write), isWrite: true, timeout, cancellationToken);

    public Task<LeaseReply> ReplaceAsync(Lease current, LeaseWrite write, TimeSpan timeout, CancellationToken cancellationToken) =>
        SendAsync(() => server.Replace(current, write), isWrite: true, timeout, cancellationToken);

    public bool CanBlock => server.CanBlock;

    public LeaseReply Read(TimeSpan timeout) => SendHere(server.Read);

    public LeaseReply Replace(Lease current, LeaseWrite write, TimeSpan timeout) => SendHere(() => server.Replace(current, write));

    public async IAsyncEnumerable<LeaseEvent> WatchAsync(
        string resourceVersion, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        Channel<LeaseEvent> watch = server.Watch(resourceVersion);
        try
        {
            await foreach (LeaseEvent happened in watch.Reader.ReadAllAsync(cancellationToken))
                yield return happened;
        }
        finally
        {
            server.Unwatch(watch);
        }
    }

    public ValueTask DisposeAsync()
    {
        IsDisposed = true;
        server.Changed.Pulse();
        return DisposeError is null ? ValueTask.CompletedTask : ValueTask.FromException(DisposeError);
    }

    /// <summary>It knows one fault: <see cref="FakeFault.Late"/>.</summary>
    private LeaseReply SendHere(Func<LeaseReply> send)
    {
        bool isLate = _next.TryDequeue(out FakeFault fault) && fault == FakeFault.Late;
        Task late = _late.Task;
        server.RequestBegins();
        try
        {
            LeaseReply reply = send();
            if (isLate)
                late.Wait();
            return reply;
        }
        finally
        {
            server.RequestEnds();
        }
    }

    private async Task<LeaseReply> SendAsync(
        Func<LeaseReply> send, bool isWrite, TimeSpan timeout, CancellationToken cancellationToken)
    {
        FakeFault fault = _next.TryDequeue(out FakeFault next) ? next : _all;
        // Before it can be seen to be under way: a test may then let its time pass.
        Task hanging = fault == FakeFault.Hang ? Task.Delay(timeout, server.Time, cancellationToken) : Task.CompletedTask;
        Task late = _late.Task; // Or deliver it.
        server.RequestBegins();
        try
        {
            switch (fault)
            {
                case FakeFault.Fail:
                    return new LeaseReply.Failed(new LeaseStoreError(LeaseStoreErrorKind.Network, "The connection was refused."));
                case FakeFault.Forbid:
                    return new LeaseReply.Failed(new LeaseStoreError(LeaseStoreErrorKind.Forbidden, "The verb update is missing."));
                case FakeFault.LoseReply:
                    send();
                    return NoAnswer(isWrite, LeaseStoreErrorKind.Network);
                case FakeFault.Hang:
                    await hanging;
                    return NoAnswer(isWrite, LeaseStoreErrorKind.Timeout);
                case FakeFault.Late:
                    LeaseReply reply = send();
                    await late.WaitAsync(cancellationToken);
                    return reply;
                case FakeFault.Stuck:
                    await late;
                    return NoAnswer(isWrite, LeaseStoreErrorKind.Timeout);
                case FakeFault.Throw:
                    throw new InvalidOperationException("A bug in the store.");
                default:
                    return send();
            }
        }
        finally
        {
            server.RequestEnds();
        }
    }

    private static LeaseReply NoAnswer(bool isWrite, LeaseStoreErrorKind kind)
    {
        var error = new LeaseStoreError(kind, "No answer.");
        return isWrite ? new LeaseReply.Unknown(error) : new LeaseReply.Failed(error);
    }
}
