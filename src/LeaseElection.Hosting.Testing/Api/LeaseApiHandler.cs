using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;

namespace LeaseElection.Hosting.Testing.Api;

/// <summary>Answers requests as kube-apiserver does, without a socket: at once, unless a fault says otherwise.</summary>
internal sealed class LeaseApiHandler(LeaseClient client) : HttpMessageHandler
{
    private readonly InMemoryLeases _leases = client.Leases;

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        Uri address = request.RequestUri!;
        if (LeaseRoute.Parse(request.Method.Method, Uri.UnescapeDataString(address.AbsolutePath), address.Query) is not { } route)
            return new HttpResponseMessage(HttpStatusCode.NotFound) { Content = new StringContent("404 page not found\n") };
        LeaseVerbs verb = VerbOf(route);
        LeaseFault? fault = verb == LeaseVerbs.None ? null : client.NextFault(verb);
        bool succeeded = false;
        try
        {
            HttpResponseMessage answer = await AnswerAsync(route, request, fault, cancellationToken).ConfigureAwait(false);
            succeeded = answer.IsSuccessStatusCode || answer.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.Conflict;
            return answer;
        }
        finally
        {
            if (verb is LeaseVerbs.Get or LeaseVerbs.Create or LeaseVerbs.Update && client.IsOwn(route))
                Note(succeeded, fault);
            _leases.Changed.Beat();
        }
    }

    private void Note(bool succeeded, LeaseFault? fault)
    {
        if (succeeded)
            client.History.Succeeded();
        else
            client.History.Failed(fault?.RetryAfter);
    }

    private async Task<HttpResponseMessage> AnswerAsync(
        LeaseRoute route, HttpRequestMessage request, LeaseFault? fault, CancellationToken cancellationToken)
    {
        if (fault is { FailsUnsent: true })
            throw new HttpRequestException(HttpRequestError.ConnectionError, "The test lets no connection be made.");

        // From here on the server may have got it, as far as the client knows.
        string body = request.Content is { } content ? await content.ReadAsStringAsync(cancellationToken).ConfigureAwait(false) : "";
        if (fault is { Hangs: true })
            await client.DelayAsync(Timeout.InfiniteTimeSpan, cancellationToken).ConfigureAwait(false);
        if (fault is { Code: { } code })
            return Refuse(code, fault);
        if (route.Verb == "watch")
            return await WatchAsync(route, fault, cancellationToken).ConfigureAwait(false);

        if (route.Verb is "create" or "update")
            await client.WaitForTurnAsync(_leases.AdmitAsync(client, route, body), cancellationToken).ConfigureAwait(false);
        if (fault is { EditsBefore: true })
            EditBefore(route);
        ApiResult result = _leases.Model.Answer(route, body);
        if (fault is { BreaksAfter: true })
            throw new HttpRequestException(HttpRequestError.ResponseEnded, "The test cuts the connection before the reply.");
        if (fault is { Delay.Ticks: > 0 })
            await client.DelayAsync(fault.Delay, cancellationToken).ConfigureAwait(false);
        return Answer((HttpStatusCode)result.Code, Json(result.Body));
    }

    private async Task<HttpResponseMessage> WatchAsync(LeaseRoute route, LeaseFault? fault, CancellationToken cancellationToken)
    {
        if (fault is { BreaksAfter: true })
            throw new HttpRequestException(HttpRequestError.ResponseEnded, "The test cuts the connection before the reply.");
        if (fault is { Delay.Ticks: > 0 })
            await client.DelayAsync(fault.Delay, cancellationToken).ConfigureAwait(false);
        return Answer(HttpStatusCode.OK, new StreamContent(new LeaseWatchStream(_leases.Model, client.OpenWatch(route))));
    }

    private void EditBefore(LeaseRoute route)
    {
        if (route.Verb == "update" && _leases.Get(route.Name!, route.Namespace) is not null)
            _leases.Edit(route.Name!, Annotate, route.Namespace);

        static void Annotate(JsonObject lease)
        {
            var metadata = (JsonObject)lease["metadata"]!;
            var annotations = (JsonObject)(metadata["annotations"] ??= new JsonObject());
            annotations["test"] = $"after {metadata["resourceVersion"]}";
        }
    }

    private static HttpResponseMessage Refuse(HttpStatusCode code, LeaseFault fault)
    {
        HttpResponseMessage answer = Answer(code, Json(ApiRefusal.ByTest((int)code).ToStatus()));
        if (fault.RetryAfter is { } pause)
            answer.Headers.TryAddWithoutValidation("Retry-After", Math.Ceiling(pause.TotalSeconds).ToString(CultureInfo.InvariantCulture));
        return answer;
    }

    private static HttpResponseMessage Answer(HttpStatusCode code, HttpContent content) => new(code) { Content = content };

    private static StringContent Json(JsonObject body) =>
        new(body.ToJsonString(), Encoding.UTF8, new MediaTypeHeaderValue("application/json"));

    private static LeaseVerbs VerbOf(LeaseRoute route) => (route.IsCore, route.Verb) switch
    {
        (false, "get") => LeaseVerbs.Get,
        (false, "create") => LeaseVerbs.Create,
        (false, "update") => LeaseVerbs.Update,
        (false, "watch") => LeaseVerbs.Watch,
        (false, "list") => LeaseVerbs.List,
        (false, "delete") => LeaseVerbs.Delete,
        _ => LeaseVerbs.None,
    };
}
