using System.Runtime.CompilerServices;
using LeaseElection.Hosting.Kubernetes.Requests;
using LeaseElection.Hosting.Leases;

namespace LeaseElection.Hosting.Kubernetes;

/// <summary>One watch, over a connection of its own, from its opening to its end.</summary>
internal static class WatchRun
{
    /// <summary>The server sends the headers of a watch at once, whether or not there is anything to tell.</summary>
    public static readonly TimeSpan OpenTimeout = TimeSpan.FromSeconds(5);

    /// <summary>
    /// A watch from the version of one object, which the server may not know any more: it remembers the last minute or two of all objects
    /// of the kind, and this one has perhaps not been written for longer. Then it begins with what there is, by which no right to list is
    /// needed, from a cache that may be older than the version: who reads it passes over what he knows.
    /// </summary>
    /// <param name="client">Opens it.</param>
    /// <param name="target">What is watched, for messages.</param>
    /// <param name="version">That of the object as it was read.</param>
    /// <param name="address">The URL of a watch from a version, or from what there is, that lasts so many seconds.</param>
    /// <param name="tell">What a type of event and its object, in JSON, tell.</param>
    /// <param name="withGaps">The same for an event before which others may be missing: the watch began with what there was.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="LeaseWatchException">It was refused, or broke.</exception>
    public static async IAsyncEnumerable<TEvent> RunFromAsync<TEvent>(
        ApiServerClient client, IRequestTarget target, string version, Func<string?, int, Uri> address,
        Func<string?, ReadOnlySpan<byte>, TEvent?> tell, Func<TEvent, TEvent> withGaps,
        [EnumeratorCancellation] CancellationToken cancellationToken)
        where TEvent : class
    {
        bool isTooOld = false;
        bool hasTold = false;
        IAsyncEnumerator<TEvent> known = RunAsync(client, target, seconds => address(version, seconds), tell, cancellationToken)
            .GetAsyncEnumerator(cancellationToken);
        await using (known.ConfigureAwait(false))
        {
            while (await MoveNextAsync().ConfigureAwait(false))
            {
                hasTold = true;
                yield return known.Current;
            }
        }
        if (!isTooOld)
            yield break;
        await foreach (TEvent told in RunAsync(client, target, seconds => address(null, seconds), tell, cancellationToken)
            .ConfigureAwait(false))
        {
            yield return withGaps(told);
        }

        async ValueTask<bool> MoveNextAsync()
        {
            try
            {
                return await known.MoveNextAsync().ConfigureAwait(false);
            }
            catch (LeaseWatchException exception) when (
                exception.Error.Kind == LeaseStoreErrorKind.Gone && !hasTold && ResourceVersion.TryNumber(version, out _))
            {
                isTooOld = true;
                return false;
            }
        }
    }

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
