using System.Net;
using LeaseElection.Testing.Journal;

namespace LeaseElection.Hosting.Yarp.Tests.Load;

/// <summary>What has become of one request.</summary>
/// <param name="Sent">When it was sent.</param>
/// <param name="Received">When its answer was there.</param>
/// <param name="Asked">The replica that it was sent to.</param>
/// <param name="By">Who has answered it; <see langword="null"/>: nobody has, in the name of the leader.</param>
/// <param name="Token">The term in which it was answered.</param>
/// <param name="Refused">Whether the answer is 503 with <c>Retry-After</c>.</param>
/// <param name="Failure">What else it came to: an answer that is wrong, or none.</param>
/// <param name="Lost">Whether there was no answer at all.</param>
internal sealed record Answer(
    long Sent, long Received, string Asked, string? By, FencingToken Token, bool Refused, string? Failure, bool Lost)
{
    public static async Task<Answer> ToAsync(ReplicaProcess replica, string question)
    {
        long sent = WorkJournal.Now;
        var none = new Answer(sent, sent, replica.Identity, null, default, Refused: false, null, Lost: false);
        try
        {
            using HttpResponseMessage response = await replica.PostAsync("/settle", question);
            string text = await response.Content.ReadAsStringAsync();
            none = none with { Received = WorkJournal.Now };
            if (response is { StatusCode: HttpStatusCode.ServiceUnavailable, Headers.RetryAfter.Delta: not null })
                return none with { Refused = true };
            return response.StatusCode == HttpStatusCode.OK && text.Split(' ') is [string repeated, string by, string number]
                && repeated == question && FencingToken.TryParse(number, out FencingToken token)
                ? none with { By = by, Token = token }
                : none with { Failure = $"{question} was answered with {(int)response.StatusCode}: {text}" };
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException or OperationCanceledException)
        {
            string failure = $"{question} to {replica.Identity}: {exception.Message}";
            return none with { Received = WorkJournal.Now, Failure = failure, Lost = true };
        }
    }
}
