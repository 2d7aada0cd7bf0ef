using System.Globalization;
using System.Net;
using LeaseElection.Testing.ApiServer;

namespace LeaseElection.Samples.Tests.Otlp;

/// <summary>
/// What an OpenTelemetry collector is to a process: takes metrics and spans by OTLP over HTTP, and keeps the last of each number.
/// </summary>
internal sealed class OtlpReceiver : IAsyncDisposable
{
    private readonly Lock _lock = new();
    private readonly HttpListener _listener = new();
    private readonly Dictionary<(string, string, string), OtlpPoint> _points = [];
    private readonly List<(string Instance, string Name)> _spans = [];
    private readonly Task _serving;
    private TaskCompletionSource _news = New();

    public OtlpReceiver()
    {
        Address = string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{UnusedPorts.Take(1)[0]}");
        _listener.Prefixes.Add(Address + "/");
        _listener.Start();
        _serving = ServeAsync();
    }

    public string Address { get; }

    /// <summary>Waits until what was exported so far satisfies; returns it.</summary>
    public async Task<IReadOnlyList<OtlpPoint>> UntilAsync(Func<IReadOnlyList<OtlpPoint>, bool> condition, TimeSpan within)
    {
        using var patience = new CancellationTokenSource(within, TimeProvider.System);
        while (true)
        {
            OtlpPoint[] points;
            Task news;
            lock (_lock)
            {
                points = [.. _points.Values];
                news = _news.Task;
            }

            if (condition(points))
                return points;
            try
            {
                await news.WaitAsync(patience.Token);
            }
            catch (OperationCanceledException exception)
            {
                throw new TimeoutException("What was exported does not satisfy:\n" + string.Join('\n', (object[])points), exception);
            }
        }
    }

    /// <summary>The names of the spans that a process exported, in their order.</summary>
    public string[] SpansOf(string instance)
    {
        lock (_lock)
            return [.. _spans.Where(span => span.Instance == instance).Select(span => span.Name)];
    }

    public async ValueTask DisposeAsync()
    {
        _listener.Stop();
        await _serving;
        _listener.Close();
    }

    private async Task ServeAsync()
    {
        while (true)
        {
            HttpListenerContext context;
            try
            {
                context = await _listener.GetContextAsync();
            }
            catch (Exception exception) when (exception is HttpListenerException or ObjectDisposedException)
            {
                return; // Stopped.
            }

            try
            {
                await AnswerAsync(context);
            }
            catch (Exception exception) when (exception is HttpListenerException or IOException)
            {
                // Who sent it was killed meanwhile, as every replica is at the end of a test.
            }
        }
    }

    private async Task AnswerAsync(HttpListenerContext context)
    {
        using var body = new MemoryStream();
        await context.Request.InputStream.CopyToAsync(body);
        if (body.Length != context.Request.ContentLength64)
            throw new EndOfStreamException("It was cut off.");
        Take(context.Request.Url!.AbsolutePath, new ProtoMessage(body.ToArray()));
        context.Response.ContentType = "application/x-protobuf";
        context.Response.Close();
    }

    // The numbers are those of opentelemetry-proto: collector, then resource, then scope, then metric or span.
    private void Take(string path, ProtoMessage request)
    {
        TaskCompletionSource news;
        lock (_lock)
        {
            foreach (ProtoMessage resource in request.All(1))
            {
                string instance =
                    resource.All(1).SelectMany(described => Tags(described, 1)).Single(tag => tag.Key == "service.instance.id").Value;
                foreach (ProtoMessage scope in resource.All(2))
                {
                    foreach (ProtoMessage item in scope.All(2))
                    {
                        if (path == "/v1/traces")
                            _spans.Add((instance, item.Text(5)));
                        else
                            TakeMetric(instance, scope.All(1).Single().Text(1), item);
                    }
                }
            }

            news = _news;
            _news = New();
        }

        news.SetResult();
    }

    /// <summary>A gauge (5) or a sum (7); histograms are not looked at.</summary>
    private void TakeMetric(string instance, string scope, ProtoMessage metric)
    {
        foreach (ProtoMessage point in metric.All(5).Concat(metric.All(7)).SelectMany(data => data.All(1)))
        {
            string tags = string.Join(' ', Tags(point, 7).Select(tag => $"{tag.Key}={tag.Value}").Order(StringComparer.Ordinal));
            double value = point.Number(6) is { } whole ? (long)whole : BitConverter.UInt64BitsToDouble(point.Number(4) ?? 0);
            _points[(instance, metric.Text(1), tags)] = new OtlpPoint(instance, scope, metric.Text(1), metric.Text(3), tags, value);
        }
    }

    private static IEnumerable<KeyValuePair<string, string>> Tags(ProtoMessage owner, int number) =>
        owner.All(number).Select(tag => KeyValuePair.Create(tag.Text(1), tag.All(2).Single().Text(1)));

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
