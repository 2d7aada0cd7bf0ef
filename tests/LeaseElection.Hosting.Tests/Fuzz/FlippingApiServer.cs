using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using LeaseElection.Hosting.Leases;
using LeaseElection.Hosting.Testing.Api;
using LeaseElection.Hosting.Tests.Fuzz.Strange;

namespace LeaseElection.Hosting.Tests.Fuzz;

/// <summary>
/// An API server that is well, or not, from one request to the next: what it answers then is anything, and what was asked has happened or
/// has not. It keeps account of who was told that his write succeeded.
/// </summary>
internal sealed class FlippingApiServer : IAsyncDisposable
{
    private readonly Lock _lock = new();
    private readonly LeaseModel _leases = new(TimeProvider.System);
    private readonly ConcurrentDictionary<string, long> _confirmed = new();
    private readonly FuzzWorld _world;

    public FlippingApiServer(FuzzWorld world)
    {
        _world = world;
        Raw = new RawApiServer(Answer);
    }

    public RawApiServer Raw { get; }

    /// <summary>Of a hundred answers, how many are garbage.</summary>
    public int Garbage { get; set; }

    /// <summary>When the last write arrived that this identity was, or may have been, told to have succeeded; 0 for never.</summary>
    public long LastConfirmed(string identity) => _confirmed.GetValueOrDefault(identity);

    public ValueTask DisposeAsync() => Raw.DisposeAsync();

    private RawAnswer Answer(RawRequest request)
    {
        long arrived = TimeProvider.System.GetTimestamp();
        lock (_lock)
        {
            if (_world.Random.Next(100) >= Garbage)
                return Good(request, arrived);
            if (request.IsWrite && _world.Random.OneIn(2))
                Serve(request);
            if (request.IsWrite && _world.Random.OneIn(3))
                return Foreign(request, arrived);
            byte[] body = Strange(request, arrived);
            RawAnswer answer = StrangeHttp.Any(_world.Random, body);
            _world.Put(request.Method, [.. answer.Pieces.SelectMany(piece => piece.ToArray())]);
            return answer;
        }
    }

    private RawAnswer Good(RawRequest request, long arrived)
    {
        if (request.IsWatch)
            return new RawAnswer(["HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n"u8.ToArray()]) { Hangs = true };
        ApiResult result = Serve(request);
        if (request.IsWrite && result.Code < 300)
            Confirm(request, arrived);
        return RawAnswer.Json(result.Code, result.Body.ToJsonString());
    }

    private ApiResult Serve(RawRequest request)
    {
        try
        {
            return request.Method switch
            {
                "POST" => new ApiResult(201, _leases.Create(LeaseOracle.Namespace, LeaseRules.Parse(request.Body))),
                "PUT" => new ApiResult(200, _leases.Replace(LeaseOracle.Namespace, LeaseOracle.Name, LeaseRules.Parse(request.Body))),
                _ => new ApiResult(200, _leases.Get(LeaseOracle.Namespace, LeaseOracle.Name)),
            };
        }
        catch (ApiRefusal refusal)
        {
            return refusal.ToResult();
        }
    }

    /// <summary>The most dangerous garbage: a lease in the best of order, and not the one that was written.</summary>
    private RawAnswer Foreign(RawRequest request, long arrived)
    {
        byte[] lease = _world.Put(request.Method, StrangeLease.Write(StrangeLease.Good(_world.Random)));
        if (LeaseOracle.Confirms(lease, Written(request)))
            Confirm(request, arrived);
        return RawAnswer.Json(_world.Random.Of(200, 201), Encoding.UTF8.GetString(lease));
    }

    private byte[] Strange(RawRequest request, long arrived)
    {
        Random random = _world.Random;
        if (request.IsWatch)
            return [.. Enumerable.Range(0, random.Next(4)).SelectMany(_ => StrangeWatch.Line(random))];
        if (random.OneIn(3))
            return StrangeStatus.Any(random);
        byte[] body = request.IsWrite && random.OneIn(2)
            ? StrangeLease.Strange(random, StrangeLease.Of(random, Written(request)))
            : StrangeLease.Any(random);
        // By chance it may be what a server that is well would have said.
        if (request.IsWrite && LeaseOracle.Confirms(body, Written(request)))
            Confirm(request, arrived);
        return body;
    }

    private void Confirm(RawRequest request, long arrived)
    {
        if (Written(request) is { HasHolder: true } record)
            _confirmed[record.HolderIdentity!] = arrived;
    }

    private static LeaseRecord Written(RawRequest request) =>
        JsonSerializer.Deserialize(Encoding.UTF8.GetBytes(request.Body), LeaseJsonContext.Default.LeaseDocument)!.ToLease().Record;
}
