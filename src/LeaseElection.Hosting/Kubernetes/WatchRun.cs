using System.Runtime.CompilerServices;
using LeaseElection.Hosting.Kubernetes.Requests;
using LeaseElection.Hosting.Leases;

namespace LeaseElection.Hosting.Kubernetes;

/// <summary>One watch, over a connection of its own, from its opening to its end.</summary>
internal static class WatchRun
{
    /// <summary>The server sends the headers of a watch at once, whether or not there is anything to tell.</summary>
    public static readonly TimeSpan OpenTimeout = TimeSpan.FromSeconds(5);

    /// <param name="client">Opens it.</param>
    /// <param name="target">What is watched, for messages.</param>
    /// <param name="address">The URL of a watch that lasts so many seconds.</param>
    /// <param name="tell">What a type of event and its object, in JSON, tell.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="LeaseWatchException">It was refused, or broke.</exception>
    public static async IAsyncEnumerable<TEvent> RunAsync<TEvent>(
        ApiServerClient client, IRequestTarget target, Func<int, Uri> address, Func<string?, ReadOnlySpan<byte>, TEvent?> tell,
        [EnumeratorCancellation] CancellationToken cancellationToken)
        where TEvent : class
    {
        // Random, so that the watches of a fleet that started together do not all come back in the same second.
        int seconds = Random.Shared.Next(240, 301);
        var request = new ApiRequest(HttpMethod.Get, _ => address(seconds));
        ApiServerStream stream = await client.OpenAsync(
            request, OpenTimeout, refusal => ApiErrors.From(refusal, "watch", target), cancellationToken).ConfigureAwait(false);
        await using (stream.ConfigureAwait(false))
        {
            var reader = new WatchReader<TEvent>(stream.Body, target, tell);
            await using (reader.ConfigureAwait(false))
            {
                while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false) is { } happened)
                    yield return happened;
            }
        }
    }
}
