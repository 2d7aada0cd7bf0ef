using LeaseElection.Hosting.Kubernetes.Announcing;

namespace LeaseElection.Hosting.Tests.Kubernetes.Announcing;

/// <summary>The plan of labels by table: what happened and when, in a line each, and what must have been sent by then.</summary>
public sealed class PodLabelPlanTests
{
    private readonly PodLabelPlan _plan = new("me");
    private readonly List<string> _sent = [];
    private PodLabelPatch? _pending;
    private TimeSpan _now;

    /// <summary>
    /// <c>seen X</c>, <c>began</c>, <c>ending</c>: what the election tells. <c>ok</c>, <c>404</c>, <c>403</c>, <c>failed</c>,
    /// <c>unknown</c>: how the request under way ends. A number: seconds that pass. Whatever is due is sent at once, one request at a time.
    /// </summary>
    [Theory]
    [InlineData("own label is cleared at start", "ok", "-me")]
    [InlineData("at start nothing is sent twice", "ok 60", "-me")]
    [InlineData("no Pod is no label", "404 60", "-me")]
    [InlineData("term begins and is repeated when older requests are over", "ok began ok 5 ok 60", "-me +me +me")]
    [InlineData("term begins before the start was cleared", "began ok", "-me +me")]
    [InlineData("term ends", "ok began ok 5 ok ending ok 60", "-me +me +me -me")]
    [InlineData("term ends so soon that older requests may still come", "ok began ok ending ok 5 ok 60", "-me +me -me -me")]
    [InlineData("former holders are cleared by the leader, after its own", "ok seen a seen b began ok ok ok 4", "-me +me -a -b")]
    [InlineData("and once more, when older requests are over", "ok seen a began ok ok 5 ok ok 60", "-me +me -a +me -a")]
    [InlineData("never by a standby", "ok seen a 60", "-me")]
    [InlineData("nor by one that stops leading", "ok seen a began ok ending failed 1 ok 60", "-me +me -a -me -me")]
    [InlineData("own Pod is no former holder", "ok seen me began ok 4", "-me +me")]
    [InlineData(
        "a former holder that was cleared is forgotten", "ok seen a began ok ok 5 ok ok ending ok began ok 4", "-me +me -a +me -a -me +me")]
    [InlineData("unless it is seen again", "ok seen a began ok ok 5 ok ok ending ok seen a began ok 4", "-me +me -a +me -a -me +me -a")]
    [InlineData("a former holder's Pod that is gone is done with", "ok seen a began ok 404 5 ok 404 60", "-me +me -a +me -a")]
    [InlineData("own Pod that is not found is tried again", "ok began 404 1 404 2", "-me +me +me +me")]
    [InlineData("a failure is repeated, with growing pauses", "failed 1 failed 1 1 failed 4 ok 60", "-me -me -me -me")]
    [InlineData("a refusal too: the right may come", "403 1 ok", "-me -me")]
    [InlineData(
        "lost while the server is away: off until it succeeds", "ok began ok ending unknown 1 failed 2 failed 4 ok 60",
        "-me +me -me -me -me -me")]
    [InlineData("leadership comes back: no off is left over", "ok began ok ending failed began ok 5 ok 60", "-me +me -me +me +me")]
    [InlineData(
        "an unknown on is undone and, once it can no longer come, undone again", "ok began ending unknown ok 5 ok 60", "-me +me -me -me")]
    [InlineData("an off of an earlier term is not what ends a later one", "ok began ok ending began unknown ok 4", "-me +me -me +me")]
    [InlineData("an unknown reply is asked for again, and the answer confirmed", "unknown 1 ok 5 ok 60", "-me -me -me")]
    [InlineData("one failing Pod does not hold up another", "ok seen a seen b began ok failed ok 1", "-me +me -a -b -a")]
    public void Steps_SendExactly(string why, string steps, string expected)
    {
        Send();
        foreach (string[] step in Steps(steps))
        {
            Take(step);
            Send();
        }

        Assert.True(expected == string.Join(' ', _sent), $"{why}: {expected} expected, but sent {string.Join(' ', _sent)}");
    }

    [Fact]
    public void SeenHolders_TheLast16AreCleared()
    {
        for (int i = 0; i < 20; i++)
            _plan.HolderSeen($"pod-{i}");
        _plan.Began(_now);
        Send();
        for (int i = 0; i < 40; i++)
        {
            Take(["ok"]);
            Send();
        }

        Assert.Equal(["+me", .. Enumerable.Range(4, 16).Select(i => $"-pod-{i}")], _sent);
    }

    [Fact]
    public void IsStale_WhatIsNoLongerWanted()
    {
        PodLabelPatch off = _plan.Next(_now)!;
        Assert.False(_plan.IsStale(off));
        _plan.HolderSeen("a");
        _plan.Began(_now);
        Assert.True(_plan.IsStale(off));
        PodLabelPatch on = _plan.Next(_now)!;
        _plan.Ended(on, new AnnouncementReply(AnnouncementOutcome.Done), _now);
        PodLabelPatch clear = _plan.Next(_now)!;
        Assert.Equal("a", clear.Pod);
        Assert.False(_plan.IsStale(clear));
        _plan.Ending();
        Assert.True(_plan.IsStale(on));
        Assert.True(_plan.IsStale(clear));
    }

    [Fact]
    public void IsWithdrawn_OnlyWhenTheServerSaidSo()
    {
        Assert.False(_plan.IsWithdrawn);
        Send();
        Take(["ok"]);
        Assert.True(_plan.IsWithdrawn);
        _plan.Began(_now);
        Assert.False(_plan.IsWithdrawn);
        Send();
        Take(["ok"]);
        _plan.Ending();
        Assert.False(_plan.IsWithdrawn);
        Send();
        Take(["failed"]);
        Assert.False(_plan.IsWithdrawn);
    }

    private static IEnumerable<string[]> Steps(string steps)
    {
        string[] words = steps.Split(' ');
        for (int i = 0; i < words.Length; i++)
            yield return words[i] == "seen" ? [words[i], words[++i]] : [words[i]];
    }

    private void Take(string[] step)
    {
        switch (step)
        {
            case ["seen", var pod]:
                _plan.HolderSeen(pod);
                break;
            case ["began"]:
                _plan.Began(_now);
                break;
            case ["ending"]:
                _plan.Ending();
                break;
            case [var word] when int.TryParse(word, null, out int seconds) && seconds < 100:
                _now += TimeSpan.FromSeconds(seconds);
                break;
            default:
                End(step[0]);
                break;
        }
    }

    private void End(string how)
    {
        if (_pending is not { } pending)
            return;
        _pending = null;
        _plan.Ended(pending, new AnnouncementReply(Outcome(how)), _now);
    }

    private static AnnouncementOutcome Outcome(string how) => how switch
    {
        "ok" => AnnouncementOutcome.Done,
        "404" => AnnouncementOutcome.NotFound,
        "403" => AnnouncementOutcome.Refused,
        "failed" => AnnouncementOutcome.Failed,
        "unknown" => AnnouncementOutcome.Unknown,
        _ => throw new ArgumentOutOfRangeException(nameof(how), how, "Not a step."),
    };

    private void Send()
    {
        if (_pending is not null || _plan.Next(_now) is not { } patch)
            return;
        _pending = patch;
        _sent.Add((patch.Leads ? "+" : "-") + patch.Pod);
    }
}
