using Microsoft.AspNetCore.Builder;

namespace LeaseElection.Hosting.AspNetCore;

/// <summary>On an endpoint: why it cannot be served on the leader only, and so is not served at all.</summary>
internal sealed record LeadershipMistake(string Message)
{
    public static void PutOn(EndpointBuilder endpoint, string reason)
    {
        // No exception here: it would be one of every endpoint of the app, at each request.
        var mistake = new LeadershipMistake($"{endpoint.DisplayName}: {reason}");
        endpoint.Metadata.Add(mistake);
        endpoint.RequestDelegate = _ => throw new InvalidOperationException(mistake.Message);
    }
}
