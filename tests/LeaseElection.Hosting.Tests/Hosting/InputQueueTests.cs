using LeaseElection.Hosting.Election;
using LeaseElection.Testing;

namespace LeaseElection.Hosting.Tests;

public sealed class InputQueueTests
{
    private readonly InputQueue _queue = new();

    [Fact]
    public async Task HandOn_ClosedWithInputsLeft_HandsOnNoMore()
    {
        List<ElectionInput> taken = [];
        Post(3);

        await _queue.HandOnAsync(input =>
        {
            taken.Add(input);
            _queue.Close();
            return true;
        }).WaitAsync(Signal.Patience);

        Assert.Single(taken);
        Assert.False(_queue.TryPost(new ElectionInput.TimerFired()));
    }

    [Fact]
    public async Task Borrow_OnlyWhileNobodyTakesATurn()
    {
        Post(1);
        bool? borrowed = null;

        await _queue.HandOnAsync(_ =>
        {
            var other = new Thread(() => borrowed = _queue.TryBorrow(() => true));
            other.Start();
            other.Join();
            return false;
        }).WaitAsync(Signal.Patience);

        Assert.False(borrowed);
        Assert.True(_queue.TryBorrow(() => true));
    }

    [Fact]
    public async Task Borrow_TakesWhatTheLoopHasNotAndTheLoopGoesOn()
    {
        Post(2);
        int borrowed = 0;
        Assert.False(_queue.TryBorrow(() =>
        {
            while (_queue.TryTake(out _))
                borrowed++;
            return false;
        }));
        var handed = new TaskCompletionSource();
        Task loop = _queue.HandOnAsync(_ =>
        {
            handed.SetResult();
            return false;
        });

        Post(1);

        await loop.WaitAsync(Signal.Patience);
        await handed.Task.WaitAsync(Signal.Patience);
        Assert.Equal(2, borrowed);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Borrow_Throws_IsThrownToTheLoopAndNothingIsHandedOn(bool loopWaits)
    {
        int handed = 0;
        Task? loop = loopWaits ? LoopAsync() : null;
        var bug = new InvalidOperationException("A bug.");

        Assert.False(_queue.TryBorrow(() =>
        {
            Post(2);
            throw bug;
        }));

        Assert.Same(bug, await Assert.ThrowsAsync<InvalidOperationException>(() => (loop ?? LoopAsync()).WaitAsync(Signal.Patience)));
        Assert.Equal(0, handed);
        Assert.False(_queue.TryBorrow(() => true));

        Task LoopAsync() => _queue.HandOnAsync(_ => ++handed > 0);
    }

    [Fact]
    public void End_TurnIsUnderWay_WaitsForItsEnd()
    {
        using var begun = new ManualResetEventSlim();
        bool ended = false;
        var borrower = new Thread(() => _queue.TryBorrow(() =>
        {
            begun.Set();
            Thread.SpinWait(1_000_000);
            Volatile.Write(ref ended, true);
            return true;
        }));
        borrower.Start();
        begun.Wait();

        _queue.End();

        Assert.True(Volatile.Read(ref ended));
        borrower.Join();
        Assert.False(_queue.TryBorrow(() => true));
    }

    private void Post(int count)
    {
        for (int i = 0; i < count; i++)
            Assert.True(_queue.TryPost(new ElectionInput.TimerFired()));
    }
}
