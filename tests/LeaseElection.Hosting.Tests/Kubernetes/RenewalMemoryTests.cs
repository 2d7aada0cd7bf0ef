using System.Net;
using System.Net.Http.Headers;
using System.Runtime.InteropServices;
using System.Text;
using LeaseElection.Hosting.Kubernetes;
using LeaseElection.Hosting.Kubernetes.Connecting;
using LeaseElection.Hosting.Leases;
using LeaseElection.Testing.Time;
using Microsoft.Extensions.Logging.Abstractions;
using static LeaseElection.Hosting.Tests.Kubernetes.Records;

namespace LeaseElection.Hosting.Tests.Kubernetes;

/// <summary>Renewals are written into the memory of the one before, once nobody can be sending that any more.</summary>
public sealed class RenewalMemoryTests : IAsyncLifetime
{
    private readonly ManualTimeProvider _time = new();
    private readonly Wire _wire = new();
    private KubernetesLeaseStore _store = null!;
    private Lease _lease = null!;

    public Task InitializeAsync() => OpenAsync(authorize: null);

    public async Task DisposeAsync() => await _store.DisposeAsync();

    [Fact]
    public async Task Answered_NextIsWrittenThere()
    {
        await RenewAsync("a");
        await RenewAsync("b");

        Assert.Same(ArrayOf(0), ArrayOf(1));
        Assert.Contains("\"a\"", _wire.Sent[0].Text, StringComparison.Ordinal);
        Assert.Contains("\"b\"", _wire.Sent[1].Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task NotAnswered_StaysAsItWasForWhoeverIsStillSendingIt()
    {
        await RenewAsync("a");
        _wire.Hangs = true;
        Task<LeaseReply> hanging = _store.ReplaceAsync(_lease, Held("b", 1), Patience, default);
        _time.Advance(Patience);
        Unknown(LeaseStoreErrorKind.Timeout, await hanging);
        _wire.Hangs = false;

        await RenewAsync("c");
        await RenewAsync("d");

        (ReadOnlyMemory<byte> memory, string text) = _wire.Sent[1];
        Assert.Equal(text, Encoding.UTF8.GetString(memory.Span));
        Assert.Contains("\"b\"", text, StringComparison.Ordinal);
        Assert.NotSame(ArrayOf(1), ArrayOf(2));
        Assert.Same(ArrayOf(2), ArrayOf(3));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task AnsweredBeforeAllWasSent_StaysAsItWasForWhoeverIsStillSendingIt(bool refusedAtFirst)
    {
        if (refusedAtFirst)
            await OpenWithTokensAsync();
        _wire.Refusals = refusedAtFirst ? 1 : 0;
        _wire.AnswersFirst = true;
        await RenewAsync("a");
        _wire.AnswersFirst = false;
        await RenewAsync("b");

        Assert.NotSame(ArrayOf(0), ArrayOf(^1));
        Assert.Equal(_wire.Sent[0].Text, Encoding.UTF8.GetString(_wire.Sent[0].Memory.Span));
        _wire.Read.SetResult();
    }

    [Fact]
    public async Task TwoAtATime_EachHasItsOwn()
    {
        await RenewAsync("0");
        _wire.Hangs = true;
        Task<LeaseReply> first = _store.ReplaceAsync(_lease, Held("a", 1), Patience, default);
        Task<LeaseReply> second = _store.ReplaceAsync(_lease, Held("b", 1), Patience, default);
        _time.Advance(Patience);
        await Task.WhenAll(first, second);

        Assert.NotSame(ArrayOf(1), ArrayOf(2));
        Assert.All(_wire.Sent[1..], sent => Assert.Equal(sent.Text, Encoding.UTF8.GetString(sent.Memory.Span)));
    }

    [Fact]
    public async Task TwoAtATime_EachHasItsOwnTime()
    {
        await RenewAsync("0");
        _wire.Hangs = true;
        Task<LeaseReply> first = _store.ReplaceAsync(_lease, Held("a", 1), Patience, default);
        Task<LeaseReply> second = _store.ReplaceAsync(_lease, Held("b", 1), Patience / 2, default);

        _time.Advance(Patience / 2);
        await second;
        Assert.False(first.IsCompleted);
        _time.Advance(Patience / 2);
        await first;
    }

    [Fact]
    public async Task NotWritable_NextIsWhole()
    {
        await RenewAsync("a");
        Lease unwritable = LeaseDocumentReader.Read(Encoding.UTF8.GetBytes(_wire.Sent[0].Text.Replace(
            "\"uid\":", "\"annotations\":{\"half\":\"a character: \\ud800\"},\"uid\":", StringComparison.Ordinal)), null)!.ToLease();
        Assert.IsType<LeaseReply.Failed>(await _store.ReplaceAsync(unwritable, Held("b", 1), Patience, default));
        await RenewAsync("c");

        Assert.Equal(_wire.Sent[0].Text.Replace("\"a\"", "\"c\"", StringComparison.Ordinal), _wire.Sent[1].Text);
        Assert.Same(ArrayOf(0), ArrayOf(1));
    }

    /// <summary>With another token each time that one is asked for, so that what was refused is sent once more.</summary>
    private async Task OpenWithTokensAsync()
    {
        await _store.DisposeAsync();
        int tokens = 0;
        await OpenAsync(_ => new(new AuthenticationHeaderValue("Bearer", $"{++tokens}")));
    }

    private static KubernetesLeaseStore Open(KubernetesApiConnection connection, TimeProvider time) => new(
        GivenConnection.Create(new ConnectionGiver("the test", _ => new(connection), time), connection),
        "shop",
        "settlement",
        time,
        NullLogger.Instance);

    private async Task OpenAsync(Func<CancellationToken, ValueTask<AuthenticationHeaderValue?>>? authorize)
    {
        var connection = new KubernetesApiConnection
        {
            Server = new Uri("https://kubernetes.default.svc"),
            Authorize = authorize,
            CreateHandler = () => new ApiHandler(_wire),
        };
        _store = Open(connection, _time);
        _lease = Found(await _store.ReadAsync(Patience, default));
    }

    private async Task RenewAsync(string holder)
    {
        LeaseReply reply = await _store.ReplaceAsync(_lease, Held(holder, 1), Patience, default);
        _lease = Found(reply);
    }

    private byte[] ArrayOf(Index sent) =>
        MemoryMarshal.TryGetArray(_wire.Sent[sent].Memory, out ArraySegment<byte> array)
            ? array.Array!
            : throw new InvalidOperationException();

    /// <summary>A network that keeps hold of what is sent over it.</summary>
    private sealed class Wire
    {
        public List<(ReadOnlyMemory<byte> Memory, string Text)> Sent { get; } = [];

        public bool Hangs { get; set; }

        /// <summary>Whether it answers while it still reads, until <see cref="Read"/>.</summary>
        public bool AnswersFirst { get; set; }

        /// <summary>How many requests are to be sent once more.</summary>
        public int Refusals { get; set; }

        public TaskCompletionSource Read { get; } = new();
    }

    /// <summary>An API server that answers with what it is sent.</summary>
    private sealed class ApiHandler(Wire wire) : HttpMessageHandler
    {
        private const string AtFirst = """
            {
              "apiVersion": "coordination.k8s.io/v1", "kind": "Lease",
              "metadata": { "name": "settlement", "namespace": "shop", "uid": "u", "resourceVersion": "1" }, "spec": {}
            }
            """;

        protected override async Task<HttpResponseMessage> SendAsync(
            HttpRequestMessage request, CancellationToken cancellationToken)
        {
            if (request.Content is { } content)
            {
                Task reading = content.CopyToAsync(new KeepingStream(wire), cancellationToken);
                if (!wire.AnswersFirst)
                    await reading;
            }
            if (wire.Refusals > 0)
            {
                wire.Refusals--;
                wire.AnswersFirst = false;
                return new HttpResponseMessage(HttpStatusCode.Unauthorized);
            }
            string answer = request.Content is null ? AtFirst : wire.Sent[^1].Text;
            if (wire.Hangs)
                await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
            return new HttpResponseMessage(HttpStatusCode.OK) { Content = new StringContent(answer) };
        }
    }

    private sealed class KeepingStream(Wire wire) : MemoryStream
    {
        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            wire.Sent.Add((buffer, Encoding.UTF8.GetString(buffer.Span)));
            return wire.AnswersFirst ? new ValueTask(wire.Read.Task) : default;
        }
    }
}
