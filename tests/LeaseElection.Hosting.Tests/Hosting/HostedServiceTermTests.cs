using System.Collections.Concurrent;
using LeaseElection.Testing;
using Microsoft.Extensions.Hosting;

namespace LeaseElection.Hosting.Tests;

public sealed class HostedServiceTermTests : IDisposable
{
    private readonly LeadershipTermSource _source = new(fencingToken: null, "settlement", "shop", "me");
    private readonly Service _service = new();

    public void Dispose() => _service.Dispose();

    /// <summary>What it did in a term that is over is no news of the next one.</summary>
    [Fact]
    public async Task Start_ThatIsCancelledAfterATermThatFaulted_DoesNotTellOfThatFault()
    {
        _service.Work = _ => throw new InvalidOperationException("in the first term");
        await Assert.ThrowsAsync<InvalidOperationException>(RunAsync);

        _service.Starts = _ => throw new OperationCanceledException("in the second");

        Assert.Equal("in the second", (await Assert.ThrowsAsync<OperationCanceledException>(RunAsync)).Message);
    }

    /// <summary>The term is over, of which work is told a moment later: until then it would look as if the start had failed.</summary>
    [Fact]
    public async Task Start_ThatObeysALoss_WaitsToBeTold()
    {
        var order = new ConcurrentQueue<string>();
        var begun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var obeys = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _service.Stops = () => order.Enqueue("stopped");
        _service.Starts = async token =>
        {
            begun.SetResult();
            await token.FiredAsync();
            obeys.SetResult();
            token.ThrowIfCancellationRequested();
        };
        Task running = RunAsync();
        await begun.Task.WaitAsync(Signal.Patience);

        _source.Term.End();
        await obeys.Task.WaitAsync(Signal.Patience);
        order.Enqueue("told");
        _source.Lose();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running.WaitAsync(Signal.Patience));
        Assert.Equal(["told", "stopped"], order);
    }

    /// <summary>The pool may have no thread when the term is lost right after, and who comes second cancels nothing.</summary>
    [Fact]
    public async Task StopWithoutItsBase_WorkIsCancelledOnAThreadOfOurs()
    {
        string? thread = null;
        var begun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _service.StopsWork = false;
        _service.Work = async token =>
        {
            CancellationTokenRegistration told = token.Register(() => thread = Thread.CurrentThread.Name);
            begun.SetResult();
            await token.FiredAsync();
            await told.DisposeAsync();
        };
        Task running = RunAsync();
        await begun.Task.WaitAsync(Signal.Patience);

        _source.Term.Cancel();

        await running.WaitAsync(Signal.Patience);
        Assert.Equal("LeaseElection end settlement", thread);
    }

    private Task RunAsync() => new HostedServiceTerm(_service, _source.Term, _source.Token).RunAsync();

    private sealed class Service : BackgroundService
    {
        public Func<CancellationToken, Task> Starts { get; set; } = _ => Task.CompletedTask;

        public Func<CancellationToken, Task> Work { get; set; } = token => token.FiredAsync();

        public Action Stops { get; set; } = () => { };

        public bool StopsWork { get; set; } = true;

        public override async Task StartAsync(CancellationToken cancellationToken)
        {
            await Starts(cancellationToken);
            await base.StartAsync(cancellationToken);
        }

        public override Task StopAsync(CancellationToken cancellationToken)
        {
            Stops();
            return StopsWork ? base.StopAsync(cancellationToken) : Task.CompletedTask;
        }

        protected override Task ExecuteAsync(CancellationToken stoppingToken) => Work(stoppingToken);
    }
}
