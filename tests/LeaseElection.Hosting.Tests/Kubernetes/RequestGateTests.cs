using LeaseElection.Hosting.Kubernetes.Requests;
using LeaseElection.Testing;
using LeaseElection.Testing.Time;

namespace LeaseElection.Hosting.Tests.Kubernetes;

/// <summary>Who has to wait, and for how many.</summary>
public sealed class RequestGateTests
{
    private static readonly TimeSpan Enough = TimeSpan.FromHours(1);
    private static readonly TimeSpan LongWait = TimeSpan.FromSeconds(1.5);
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private readonly ManualTimeProvider _time = new();
    private readonly RequestGate _gate;

    public RequestGateTests() => _gate = new RequestGate(_time);

    [Fact]
    public async Task Turns_AreInTheOrderInWhichTheyWereAskedFor()
    {
        Queue<long> inside = Fill();
        Task<long>[] waiting = [EnterAsync(), EnterAsync(), EnterAsync()];

        foreach (Task<long> next in waiting)
        {
            Assert.False(next.IsCompleted);
            Leave(inside, RequestEnd.Answered);
            await InTimeAsync(next);
        }
        Assert.False(EnterAsync().IsCompleted);
    }

    /// <summary>Hundreds read at once when their watch has broken, and terms that are held have a deadline.</summary>
    [Fact]
    public async Task Writes_HaveTheirTurnBeforeReadsThatCameFirst()
    {
        Queue<long> inside = Fill();
        Task<long>[] reads = [EnterAsync(), EnterAsync()];
        Task<long>[] writes = [EnterAsync(isWrite: true), EnterAsync(isWrite: true)];

        foreach (Task<long> next in (Task<long>[])[.. writes, .. reads])
        {
            Assert.False(next.IsCompleted);
            Leave(inside, RequestEnd.Answered);
            await InTimeAsync(next);
        }
    }

    [Fact]
    public async Task GivenUpWhileWaiting_HasNoPlaceAndTheNextOneGetsIt()
    {
        using var end = new CancellationTokenSource();
        Queue<long> inside = Fill();
        Task<long> first = _gate.EnterAsync(isWrite: false, Enough, end.Token).AsTask();
        Task<long> second = EnterAsync();

        await end.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        Assert.False(second.IsCompleted);
        Leave(inside, RequestEnd.Answered);

        await InTimeAsync(second);
        Assert.False(EnterAsync().IsCompleted);
    }

    [Theory]
    [InlineData(RequestEnd.Answered, 1001, true)] // Its answer counts for an eighth: 1.5 s less half of it.
    [InlineData(RequestEnd.Answered, 999, false)]
    [InlineData(RequestEnd.TimedOut, 5000, false)]
    [InlineData(RequestEnd.Other, 5000, false)]
    internal void Left_OthersHaveWaitedLong_OnePlaceMoreForAnAnswer(RequestEnd end, int waited, bool grows)
    {
        Queue<long> inside = Fill();
        _ = EnterAsync();
        _time.Advance(TimeSpan.FromMilliseconds(waited));

        Leave(inside, end);

        Assert.Equal(grows ? RequestGate.Least + 1 : RequestGate.Least, _gate.Places);
    }

    [Fact]
    public async Task AnsweredAfterALongWait_OnePlaceMoreIsTwoThatGetTheirTurn()
    {
        Queue<long> inside = Fill();
        Task<long>[] waiting = [EnterAsync(), EnterAsync(), EnterAsync()];
        _time.Advance(LongWait);

        Leave(inside, RequestEnd.Answered);

        await InTimeAsync(waiting[0]);
        await InTimeAsync(waiting[1]);
        Assert.False(waiting[2].IsCompleted);
    }

    [Fact]
    public async Task AnswersAreFast_HoweverLongOthersWaitThereAreNoMorePlaces()
    {
        Queue<long> inside = Fill();
        var waiting = new Queue<Task<long>>(Enumerable.Range(0, 500).Select(_ => EnterAsync()));
        while (waiting.Count > 0)
        {
            _time.Advance(TimeSpan.FromMilliseconds(50));
            for (int i = 0; i < RequestGate.Least && waiting.Count > 0; i++)
            {
                Leave(inside, RequestEnd.Answered);
                inside.Enqueue(await InTimeAsync(waiting.Dequeue()));
            }
        }

        Assert.Equal(RequestGate.Least, _gate.Places);
    }

    /// <summary>
    /// Hundreds of leases that change hands at once keep a near server busy for a second, and its answers are slow for that. More places
    /// would be as many handshakes more for it. Where answers are slow for another reason, places become more in time.
    /// </summary>
    [Theory]
    [InlineData(120, 8, false)]
    [InlineData(120, 10, true)]
    [InlineData(200, 3, false)]
    [InlineData(200, 4, true)]
    [InlineData(400, 1, false)] // Not at once, however slow.
    [InlineData(400, 2, true)]
    [InlineData(1000, 1, true)]
    public async Task AnswersAreSlow_PlacesBecomeMoreWhenSoMuchHasBeenWaitedThatThereIsJustTimeForIt(int latency, int answers, bool grows)
    {
        Queue<long> inside = Fill();
        var waiting = new Queue<Task<long>>(Enumerable.Range(0, 500).Select(_ => EnterAsync()));
        for (int round = 0; round < answers; round++)
        {
            _time.Advance(TimeSpan.FromMilliseconds(latency));
            for (int i = 0; i < RequestGate.Least; i++)
            {
                Leave(inside, RequestEnd.Answered);
                inside.Enqueue(await InTimeAsync(waiting.Dequeue()));
            }
        }

        Assert.Equal(grows, _gate.Places > RequestGate.Least);
    }

    [Fact]
    public async Task TimedOutUnderWay_AQuarterLessOnceForAllThatWereUnderWay()
    {
        Queue<long> inside = await GrowAsync(40);
        _time.Advance(Second);

        for (int i = 0; i < 12; i++)
            Leave(inside, RequestEnd.TimedOut);
        Assert.Equal(30, _gate.Places);
        Queue<long> later = new([await InTimeAsync(EnterAsync())]);
        _time.Advance(TimeSpan.FromMilliseconds(50));
        Leave(later, RequestEnd.TimedOut);
        Assert.Equal(30, _gate.Places); // It was hardly sent, and has waited: that says nothing of the server.
        later.Enqueue(await InTimeAsync(EnterAsync()));
        _time.Advance(Second);
        Leave(later, RequestEnd.TimedOut);

        Assert.Equal(22, _gate.Places);
    }

    [Fact]
    public async Task QuietForAMinute_AnEighthLessInASecondDownToThoseAtFirst()
    {
        Queue<long> inside = await GrowAsync(40);
        while (inside.Count > 6)
            Leave(inside, RequestEnd.Answered);
        _time.Advance(TimeSpan.FromMinutes(1) - Second);
        await PassAsync();
        Assert.Equal(40, _gate.Places);

        foreach (int expected in (int[])[35, 31, 28, 25, 22, 20, 18, RequestGate.Least, RequestGate.Least])
        {
            _time.Advance(Second);
            await PassAsync();
            Assert.Equal(expected, _gate.Places);
            await PassAsync();
            Assert.Equal(expected, _gate.Places);
        }
    }

    /// <summary>A server that is slow again and again: what has grown once is there when it is needed the next time.</summary>
    [Theory]
    [InlineData(21)]
    [InlineData(39)]
    public async Task NeededAgainWithinAMinute_PlacesStay(int underWay)
    {
        Queue<long> inside = await GrowAsync(40);
        while (inside.Count > 1)
            Leave(inside, RequestEnd.Answered);

        for (int round = 0; round < 3; round++)
        {
            _time.Advance(TimeSpan.FromSeconds(50));
            while (inside.Count < underWay + 1)
                inside.Enqueue(await InTimeAsync(EnterAsync()));
            while (inside.Count > 1)
                Leave(inside, RequestEnd.Answered);
            Assert.Equal(40, _gate.Places);
        }
    }

    /// <summary>
    /// At a second each, the first places carry so little that those at the head of the queue have almost no time left. They would time out
    /// under way, one after the other, and never would an answer come that makes places more.
    /// </summary>
    [Fact]
    public async Task LessTimeLeftThanAnswersTake_IsLeftOutForThoseThatCanStillBeAnswered()
    {
        Queue<long> inside = Fill();
        _time.Advance(Second);
        for (int i = 0; i < 3 * RequestGate.Least; i++) // So that it knows how long they take.
        {
            Leave(inside, RequestEnd.Answered);
            inside.Enqueue(await InTimeAsync(EnterAsync()));
            if (i % RequestGate.Least == RequestGate.Least - 1)
                _time.Advance(Second);
        }
        using var end = new CancellationTokenSource();
        Task<long> late = _gate.EnterAsync(isWrite: false, Second, end.Token).AsTask();
        _time.Advance(LongWait);
        Task<long> inTime = EnterAsync();

        Leave(inside, RequestEnd.Answered);

        await InTimeAsync(inTime);
        Assert.False(late.IsCompleted);
        await end.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => late);
    }

    /// <summary>A server that has hung for a second and more, and is as fast as ever: there is time for all that have waited.</summary>
    [Fact]
    public async Task PassedOver_TheServerIsFastAgain_HasItsTurnBehindTheOthers()
    {
        Queue<long> inside = Fill();
        Task<long>[] waiting =
            [.. Enumerable.Range(0, 100).Select(_ => _gate.EnterAsync(isWrite: false, 2.5 * Second, CancellationToken.None).AsTask())];
        _time.Advance(1.6 * Second);
        while (inside.Count > 0)
            Leave(inside, RequestEnd.Answered);
        // Two for each answer, until it knows that there is less time left than they take.
        Task<long>[] inTime = waiting[..12];
        inside = new Queue<long>(await Task.WhenAll(inTime).WaitAsync(Signal.Patience));
        Assert.False(waiting[12].IsCompleted);

        _time.Advance(TimeSpan.FromMilliseconds(10));
        foreach (Task<long> next in waiting.Except(inTime))
        {
            Leave(inside, RequestEnd.Answered);
            inside.Enqueue(await InTimeAsync(next));
        }
    }

    /// <summary>With a short RenewDeadline a request has less than half a second, and all of it would be spent waiting.</summary>
    [Fact]
    public void RequestsHaveLittleTime_PlacesBecomeMoreAllTheSame()
    {
        Queue<long> inside = Fill();
        _ = _gate.EnterAsync(isWrite: false, TimeSpan.FromMilliseconds(300), CancellationToken.None).AsTask();
        _time.Advance(TimeSpan.FromMilliseconds(200));

        Leave(inside, RequestEnd.Answered);

        Assert.Equal(RequestGate.Least + 1, _gate.Places);
    }

    /// <summary>Behind others that have more time, who has little would be out of it before he is the first.</summary>
    [Fact]
    public void OneInTheQueueHasLittleTime_PlacesBecomeMoreForHim()
    {
        Queue<long> inside = Fill();
        _ = EnterAsync();
        _ = _gate.EnterAsync(isWrite: false, TimeSpan.FromMilliseconds(600), CancellationToken.None).AsTask();
        _ = EnterAsync();
        _time.Advance(TimeSpan.FromMilliseconds(350));

        Leave(inside, RequestEnd.Answered);

        Assert.Equal(RequestGate.Least + 1, _gate.Places);
    }

    [Fact]
    public async Task TheOneWithLittleTimeHasGivenUp_NothingBecomesMoreForHim()
    {
        using var end = new CancellationTokenSource();
        Queue<long> inside = Fill();
        _ = EnterAsync();
        _ = _gate.EnterAsync(isWrite: false, TimeSpan.FromMilliseconds(600), end.Token).AsTask();
        _ = EnterAsync();
        _time.Advance(TimeSpan.FromMilliseconds(350));
        await end.CancelAsync();

        Leave(inside, RequestEnd.Answered);

        Assert.Equal(RequestGate.Least, _gate.Places);
    }

    [Fact]
    public async Task ThereIsRoom_NothingIsAllocated()
    {
        await PassAsync();
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 100; i++)
            await PassAsync();
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    private async ValueTask PassAsync() =>
        _gate.Leave(await _gate.EnterAsync(isWrite: false, Enough, CancellationToken.None), RequestEnd.Answered);

    private static Task<long> InTimeAsync(Task<long> turn) => turn.WaitAsync(Signal.Patience);

    private Task<long> EnterAsync(bool isWrite = false) => _gate.EnterAsync(isWrite, Enough, CancellationToken.None).AsTask();

    private void Leave(Queue<long> inside, RequestEnd end) => _gate.Leave(inside.Dequeue(), end);

    private Queue<long> Fill()
    {
        var inside = new Queue<long>();
        while (inside.Count < RequestGate.Least)
        {
            Task<long> entered = EnterAsync();
            Assert.True(entered.IsCompletedSuccessfully);
            inside.Enqueue(entered.Result);
        }
        return inside;
    }

    /// <summary>So many are under way, and nobody waits.</summary>
    private async Task<Queue<long>> GrowAsync(int places)
    {
        Queue<long> inside = Fill();
        while (_gate.Places < places)
        {
            Task<long>[] waiting = [EnterAsync(), EnterAsync()];
            _time.Advance(LongWait);
            Leave(inside, RequestEnd.Answered);
            foreach (Task<long> turn in waiting)
                inside.Enqueue(await InTimeAsync(turn));
        }
        return inside;
    }
}
