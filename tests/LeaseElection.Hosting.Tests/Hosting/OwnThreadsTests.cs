using LeaseElection.Testing;

namespace LeaseElection.Hosting.Tests;

[Collection(nameof(WholeProcess))]
public sealed class OwnThreadsTests
{
    private readonly Queue<ThreadStart> _begun = new();
    private readonly List<int> _ran = [];

    [Fact]
    public void Run_ManyThatTakeNoTime_OneThreadRunsAllAndASecondStandsBy()
    {
        var threads = new OwnThreads(_begun.Enqueue);
        for (int i = 0; i < 500; i++)
            RunHere(threads, i);
        Assert.Single(_begun);

        _begun.Dequeue()();

        Assert.Equal(Enumerable.Range(0, 500), _ran);
        Assert.Single(_begun);
        _begun.Dequeue()();
        Assert.Empty(_begun);
        Assert.Equal(500, _ran.Count);
    }

    [Fact]
    public void Run_AfterAllHaveEnded_StartsAnew()
    {
        var threads = new OwnThreads(_begun.Enqueue);
        RunHere(threads, 0);
        _begun.Dequeue()();
        Assert.Empty(_begun);

        RunHere(threads, 1);
        _begun.Dequeue()();

        Assert.Equal([0, 1], _ran);
    }

    [Fact]
    public void Run_AllBlock_AllBegin() => AllBeginThoughEachBlocks(OwnThreads.Shared, count: 20);

    [Fact]
    public void Run_NoThreadToBeHad_ThePoolRunsAllAlsoBehindOneThatBlocks() =>
        AllBeginThoughEachBlocks(new OwnThreads(_ => throw new InvalidOperationException("No thread to be had.")), count: 2);

    /// <summary>Both come together: a pool without a thread starts others until there are none to be had.</summary>
    [Fact]
    public void Nudge_NoThreadWasToBeHadAndThePoolHasNone_TriesAgain()
    {
        bool toBeHad = false;
        var threads = new OwnThreads(work =>
        {
            if (!toBeHad)
                throw new InvalidOperationException("No thread to be had.");
            _begun.Enqueue(work);
        });
        using var starved = new StarvedPool();
        RunHere(threads, 0);
        RunHere(threads, 1);
        Assert.True(threads.Nudge());
        Assert.Empty(_begun);

        toBeHad = true;
        Assert.True(threads.Nudge());
        Assert.True(threads.Nudge());
        _begun.Dequeue()();

        Assert.Equal([0, 1], _ran);
        Assert.False(threads.Nudge());
        _begun.Dequeue()();
        Assert.Empty(_begun);
        starved.Feed();
    }

    [Fact]
    public void Run_AfterNoThreadWasToBeHad_TriesAgain()
    {
        bool toBeHad = false;
        var threads = new OwnThreads(work => _begun.Enqueue(toBeHad ? work : throw new InvalidOperationException("No thread to be had.")));
        using var starved = new StarvedPool();
        RunHere(threads, 0);

        toBeHad = true;
        RunHere(threads, 1);
        _begun.Dequeue()();

        Assert.Equal([0, 1], _ran);
        starved.Feed();
    }

    [Fact]
    public void Run_NextOnTheSameThread_HasItsOwnNameAndNothingOfTheOneBefore()
    {
        var flowing = new AsyncLocal<string?>();
        var seen = new List<(string? Name, string? Flowing)>();
        var threads = new OwnThreads(_begun.Enqueue);
        foreach (string name in (string[])["first", "second"])
        {
            threads.Run(name, () =>
            {
                seen.Add((Thread.CurrentThread.Name, flowing.Value));
                flowing.Value = name;
            });
        }

        var thread = new Thread(_begun.Dequeue());
        thread.Start();

        Assert.True(thread.Join(Signal.Patience));
        Assert.Equal([("first", null), ("second", null)], seen);
    }

    private static void AllBeginThoughEachBlocks(OwnThreads threads, int count)
    {
        using var all = new CountdownEvent(count);
        using var release = new ManualResetEventSlim();
        using var ended = new CountdownEvent(count);
        for (int i = 0; i < count; i++)
        {
            threads.Run("test", () =>
            {
                all.Signal();
                release.Wait();
                ended.Signal();
            });
        }

        bool allBegan = all.Wait(Signal.Patience);
        release.Set();

        Assert.True(allBegan);
        Assert.True(ended.Wait(Signal.Patience));
    }

    private void RunHere(OwnThreads threads, int number) => threads.Run("test", () => _ran.Add(number));
}
