using LeaseElection.Testing;

namespace LeaseElection.Hosting.Tests;

/// <summary>Pieces of work of one election, which are told to stop apart from each other.</summary>
public sealed class SeveralPiecesOfWorkTests : HostTest
{
    private readonly ElectionHost _host;

    public SeveralPiecesOfWorkTests() => _host = NewHost();

    /// <summary>Through one token for all, what registers last is told first, and the others when it has come back.</summary>
    [Fact]
    public async Task Work_BlocksWhenItIsTold_OtherWorkIsToldAllTheSame()
    {
        using var release = new ManualResetEventSlim();
        var waits = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var blocks = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var told = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var released = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _host.AddElection().AddWork(async (_, _, lost) =>
        {
            Task end = Task.Delay(Timeout.InfiniteTimeSpan, Time, lost);
            waits.SetResult();
            await end.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            told.SetResult();
        }).AddWork(async (_, _, lost) =>
        {
            await waits.Task;
            lost.UnsafeRegister(_ =>
            {
                release.Wait(CancellationToken.None);
                released.SetResult();
            }, null);
            blocks.SetResult();
            await released.Task;
        });
        await _host.StartAndLeadAsync();
        await blocks.Task.WaitAsync(Signal.Patience);

        Task stepped = _host.Election.StepDownAsync();
        try
        {
            await told.Task.WaitAsync(Signal.Patience);
            Assert.False(stepped.IsCompleted);
        }
        finally
        {
            release.Set();
        }
        await stepped.WaitAsync(Signal.Patience);
    }
}
