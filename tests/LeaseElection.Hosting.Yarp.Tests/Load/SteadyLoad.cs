using System.Collections.Concurrent;
using System.Globalization;
using LeaseElection.Testing;
using LeaseElection.Testing.ApiServer;
using LeaseElection.Testing.Journal;

namespace LeaseElection.Hosting.Yarp.Tests.Load;

/// <summary>So many requests a second to a <see cref="Service"/>, however long each takes, until it is told to end.</summary>
internal sealed class SteadyLoad
{
    private readonly Service _service;
    private readonly ConcurrentBag<Task> _underWay = [];
    private readonly ConcurrentQueue<Answer> _answers = [];
    private readonly Task _running;
    private volatile bool _ends;

    public SteadyLoad(Service service, int perSecond)
    {
        _service = service;
        _running = Task.Run(() => RunAsync(perSecond));
    }

    public int Refused => _answers.Count(answer => answer.Refused);

    /// <summary>Waits until some requests have been answered in a term.</summary>
    public Task AnswersInAsync(FencingToken token, int count) => Polling.UntilAsync(
        () => Task.FromResult(_answers.Count(answer => answer.Token == token) >= count), Signal.Patience);

    /// <summary>Ends it, and waits for what is under way.</summary>
    public async Task<LoadReport> EndAsync()
    {
        _ends = true;
        await _running;
        await Task.WhenAll(_underWay).WaitAsync(Signal.Patience);
        return LoadReport.Of([.. _answers]);
    }

    private async Task RunAsync(int perSecond)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(5));
        long start = WorkJournal.Now;
        for (int sent = 0; !_ends; await timer.WaitForNextTickAsync())
        {
            int due = (int)(TimeProvider.System.GetElapsedTime(start).TotalSeconds * perSecond);
            for (; sent < due; sent++)
                _underWay.Add(AskAsync(sent.ToString(CultureInfo.InvariantCulture)));
        }
    }

    private async Task AskAsync(string question)
    {
        ServedReplica served = _service.Enter();
        _answers.Enqueue(await Answer.ToAsync(served.Replica, question));
        served.Leave();
    }
}
