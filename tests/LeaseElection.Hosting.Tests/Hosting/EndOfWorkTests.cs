using LeaseElection.Testing;

namespace LeaseElection.Hosting.Tests;

public sealed class EndOfWorkTests
{
    private readonly TaskCompletionSource _work = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _said;

    [Fact]
    public void HasCome_WorkRuns_IsNotSaid()
    {
        Assert.False(NewEnd().HasCome);
        Assert.Equal(0, _said);
    }

    [Fact]
    public async Task WorkEnds_NobodyLooks_IsSaid()
    {
        var said = new TaskCompletionSource();
        _ = new EndOfWork(_work.Task, said.SetResult);

        _work.SetResult();

        await said.Task.WaitAsync(Signal.Patience);
    }

    /// <summary>Whoever looks does not wait for the pool to say it, which says it no second time.</summary>
    [Fact]
    public async Task HasCome_WorkHasEnded_IsSaidOnceAndAtOnce()
    {
        EndOfWork end = NewEnd();

        _work.SetResult();

        Assert.True(end.HasCome);
        Assert.Equal(1, Volatile.Read(ref _said));
        await Task.Yield();
        Assert.True(end.HasCome);
        Assert.Equal(1, Volatile.Read(ref _said));
    }

    private EndOfWork NewEnd() => new(_work.Task, () => Interlocked.Increment(ref _said));
}
