using System.Globalization;

namespace LeaseElection.Hosting.Yarp.Tests.Load;

/// <summary>What many requests came to.</summary>
/// <param name="Answered">Those that a leader has answered.</param>
/// <param name="Forwarded">Those among them that were sent to another replica.</param>
/// <param name="Refused">Those answered with 503 and <c>Retry-After</c>.</param>
/// <param name="Wrong">Answers that must not be: of a former leader, or none that is known.</param>
/// <param name="Lost">Requests without an answer.</param>
/// <param name="Seconds">From the first request to the last answer.</param>
internal sealed record LoadReport(
    int Answered, int Forwarded, int Refused, IReadOnlyList<string> Wrong, IReadOnlyList<string> Lost, double Seconds)
{
    public static LoadReport Of(IReadOnlyList<Answer> all)
    {
        Answer[] answered = [.. all.Where(answer => answer.By is not null)];
        return new LoadReport(
            answered.Length,
            answered.Count(answer => answer.By != answer.Asked),
            all.Count(answer => answer.Refused),
            [.. all.Where(answer => answer is { Failure: not null, Lost: false }).Select(answer => answer.Failure!), .. Stale(answered)],
            [.. all.Where(answer => answer.Lost).Select(answer => answer.Failure!)],
            TimeProvider.System.GetElapsedTime(all.Min(answer => answer.Sent), all.Max(answer => answer.Received)).TotalSeconds);
    }

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Answered + Refused + Wrong.Count + Lost.Count} requests in {Seconds:0.0} s: {Answered} answered ({Forwarded} of them "
            + $"forwarded), "
        + $"wrong {Wrong.Count}, refused with 503 and Retry-After {Refused}, lost without an answer {Lost.Count}");

    /// <summary>Who asks after a later leader has answered must not be answered by an earlier one.</summary>
    private static IEnumerable<string> Stale(Answer[] answered)
    {
        Answer[] received = [.. answered.OrderBy(answer => answer.Received)];
        FencingToken newest = default;
        int seen = 0;
        foreach (Answer answer in answered.OrderBy(answer => answer.Sent))
        {
            for (; received[seen].Received < answer.Sent; seen++)
                newest = received[seen].Token > newest ? received[seen].Token : newest;
            if (answer.Token < newest)
                yield return $"{answer.By} answered in term {answer.Token} what was asked after an answer in term {newest}";
        }
    }
}
