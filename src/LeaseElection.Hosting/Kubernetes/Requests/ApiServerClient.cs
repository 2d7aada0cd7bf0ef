using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using LeaseElection.Hosting.Diagnostics;
using LeaseElection.Hosting.Kubernetes.Blocking;
using LeaseElection.Hosting.Kubernetes.Connecting;
using LeaseElection.Hosting.Kubernetes.Credentials;
using LeaseElection.Hosting.Leases;
using Microsoft.Extensions.Logging;

namespace LeaseElection.Hosting.Kubernetes.Requests;

/// <summary>
/// Sends requests over a connection that no other traffic shares, and replaces it after every timeout: a connection that died silently
/// shall cost one attempt, not the term. Where many leases share one, those that are under way over the replaced connection go on: the
/// request that timed out has closed its own socket by being given up.
/// </summary>
internal sealed class ApiServerClient : IAsyncDisposable
{
    /// <summary>For who takes what there is: whoever would have to wait is told at once that he cannot.</summary>
    private static readonly CancellationToken NoTime = new(canceled: true);

    private readonly Lock _lock = new();
#pragma warning disable CA2213 // Holds nothing until its wait handle is asked for; disposed, it would fail those who still wait.
    private readonly SemaphoreSlim _making = new(1);
#pragma warning restore CA2213
    private readonly string _server;
    private readonly TimeProvider _timeProvider;
    private readonly ILogger _logger;
    private readonly ApiServerChannelFactory _channels;
    private readonly IClusterCredentialSource _credentials;
    private readonly GivenCredentialSource? _given;
    private ApiServerChannel? _channel;
    private TimeoutSource? _idleTimeout;
    private bool _disposed;

    /// <param name="connection">Where to.</param>
    /// <param name="timeProvider">Times the requests.</param>
    /// <param name="logger">Is told of what becomes of connections and credentials.</param>
    /// <param name="shared">Whether for many leases at a time, or for one request after the other.</param>
    public ApiServerClient(KubernetesConnection connection, TimeProvider timeProvider, ILogger logger, bool shared = false)
    {
        Gate = shared ? new RequestGate(timeProvider) : null;
        _server = new ApiServerAddress(connection.Server).ToString() + connection.ThroughProxy;
        _timeProvider = timeProvider;
        _logger = logger;
        _given = connection.Given?.Share(timeProvider, logger);
        _channels = new ApiServerChannelFactory(connection, timeProvider, logger, _given);
        if (_given is not null)
            _credentials = _given;
        else if (connection.User is { Token: null, ClientCertificate: null, Exec: { } plugin })
            _credentials = SharedExecCredentials.Join(plugin, connection.Server, timeProvider, logger);
        else
            _credentials = new FileCredentialSource(connection.User, timeProvider, logger);
    }

    /// <exception cref="OperationCanceledException">Only when <paramref name="cancellationToken"/> fired.</exception>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<ApiOutcome> SendAsync(ApiRequest request, TimeSpan timeout, CancellationToken cancellationToken)
    {
        var attempt = new ApiAttempt(isWatch: false, timeout, _timeProvider);
        TimeoutSource end = Interlocked.Exchange(ref _idleTimeout, null) ?? new TimeoutSource(_timeProvider);
        bool answered = false;
        bool waits = false;
        long? entered = null;
        RequestEnd became = RequestEnd.Other;
        CancellationTokenRegistration given = default;
        try
        {
            end.Begin(timeout);
            given = cancellationToken.UnsafeRegister(static end => ((TimeoutSource)end!).GiveUp(), end);
            attempt.AwaitsCredentials = true;
            ClusterCredential credential = await _credentials.GetAsync(end.Token).ConfigureAwait(false);
            attempt.GoOnWithCredentials(end.Token);
            // After the credentials, for which nobody shall hold a place, and before the connection, which is not to blame for the wait.
            if (Gate is not null)
            {
                waits = true;
                entered = await Gate.EnterAsync(request.Method != HttpMethod.Get, attempt.Left, end.Token).ConfigureAwait(false);
                waits = false;
            }
            using HttpResponseMessage response = await SendAsync(request, attempt, credential, end.Token).ConfigureAwait(false);
            ApiOutcome.Answer answer = await AnswerAsync(response, attempt, request.MaxAnswer, end.Token).ConfigureAwait(false);
            answered = true;
            if (!IsAskedTooMuch(answer.Status))
                became = RequestEnd.Answered;
            return answer;
        }
        // Everything, because the caller counts on it: what we did not foresee must not end the election, but be one more failed request.
        catch (Exception e)
        {
            cancellationToken.ThrowIfCancellationRequested();
            bool timedOut = e is OperationCanceledException && end.IsOver;
            if (timedOut && waits)
                return new ApiOutcome.NoAnswer(TransportErrors.NoTurn(_server, timeout, e), mayHaveArrived: false);
            if (timedOut && !attempt.AwaitsCredentials)
            {
                became = RequestEnd.TimedOut;
                Replace(attempt, young: timeout * 4);
            }
            return new ApiOutcome.NoAnswer(Explain(e, timedOut, timeout, attempt.AwaitsCredentials), attempt.MayHaveArrived);
        }
        finally
        {
            attempt.Leave();
            if (entered is { } since)
                Gate!.Leave(since, became); // The answer was read, so the socket is free for the next one.
            await given.DisposeAsync().ConfigureAwait(false); // After it nobody ends the next request in the name of this one.
            if (!answered || !end.TryEnd() || !TryKeep(end))
                end.Dispose();
        }
    }

    /// <summary>Which requests have to wait for others, where it is for many leases.</summary>
    public RequestGate? Gate { get; }

    /// <summary>Whether <see cref="Send"/> is there for this connection.</summary>
    public bool CanBlock => _channels.IsDirect;

    /// <summary>
    /// Sends the request on the calling thread, over a connection of its own that ends with it: nothing of it needs the thread pool. What
    /// proves who we are is what there is without waiting.
    /// </summary>
    public ApiOutcome Send(ApiRequest request, TimeSpan timeout)
    {
        var time = new TimeLimit(timeout, _timeProvider);
        bool mayHaveArrived = false;
        try
        {
            ClusterCredential credential = AtHand(_credentials.GetAsync(NoTime));
            (HttpResponseMessage head, ReadOnlyMemory<byte> body) = SendOnce(credential);
            if (head.StatusCode == HttpStatusCode.Unauthorized)
            {
                mayHaveArrived = false; // Refused is not arrived, even if what follows fails.
                ClusterCredential renewed = AtHand(_credentials.RenewAsync(credential, NoTime));
                if (!renewed.IsSameAs(credential))
                {
                    head.Dispose();
                    KubernetesStoreLog.CredentialsRenewed(_logger, _server);
                    (head, body) = SendOnce(renewed);
                }
            }
            using (head)
                return new ApiOutcome.Answer(head.StatusCode, body, TransportErrors.RetryAfter(head.Headers, _timeProvider.GetUtcNow()));
        }
        // Everything, as above.
        catch (Exception e)
        {
            return new ApiOutcome.NoAnswer(Explain(e, time.IsOver, timeout), mayHaveArrived);
        }

        (HttpResponseMessage, ReadOnlyMemory<byte>) SendOnce(ClusterCredential with)
        {
            using HttpRequestMessage message = _channels.CreateMessage(request.Method, request.Address(time.Left), with);
            using var stream = new SslStream(new TimedStream(BlockingDialer.Dial(message.RequestUri!, time), time));
            try
            {
                stream.AuthenticateAsClient(_channels.CreateTlsOptions(with));
            }
            catch (Exception e) when (e is AuthenticationException or IOException or SocketException)
            {
                throw new HttpRequestException(HttpRequestError.SecureConnectionError, e.Message, e);
            }
            var exchange = new BlockingExchange(stream);
            mayHaveArrived = request.Body is not null;
            exchange.Send(message, request.Body, request.MediaType);
            HttpResponseMessage head = exchange.ReadHead();
            try
            {
                return (head, exchange.ReadBody(head, request.MaxAnswer));
            }
            catch (Exception e) when (!head.IsSuccessStatusCode && !time.IsOver && e is IOException or InvalidDataException)
            {
                return (head, default); // A refusal stays one, also without its reason.
            }
        }
    }

    /// <summary>Opens a watch on a connection of its own.</summary>
    /// <exception cref="LeaseWatchException">It was refused, or not answered within <paramref name="timeout"/>.</exception>
    /// <exception cref="OperationCanceledException">Only when <paramref name="cancellationToken"/> fired.</exception>
    public async Task<ApiServerStream> OpenAsync(
        ApiRequest request, TimeSpan timeout, Func<ApiOutcome.Answer, LeaseStoreError> explain, CancellationToken cancellationToken)
    {
        var attempt = new ApiAttempt(isWatch: true, timeout, _timeProvider);
        using var end = new TimeoutSource(_timeProvider);
        end.Begin(timeout);
        using CancellationTokenRegistration _ = cancellationToken.UnsafeRegister(static end => ((TimeoutSource)end!).GiveUp(), end);
        HttpResponseMessage? response = null;
        try
        {
            attempt.AwaitsCredentials = true;
            ClusterCredential credential = await _credentials.GetAsync(end.Token).ConfigureAwait(false);
            attempt.GoOnWithCredentials(end.Token);
            response = await SendAsync(request, attempt, credential, end.Token).ConfigureAwait(false);
            if (response.StatusCode == HttpStatusCode.OK)
            {
                Stream body = await response.Content.ReadAsStreamAsync(end.Token).ConfigureAwait(false);
                return new ApiServerStream(attempt.Channel!, response, body);
            }
            using ApiOutcome.Answer refusal = await AnswerAsync(response, attempt, BoundedBody.MaxLength, end.Token).ConfigureAwait(false);
            throw new LeaseWatchException(explain(refusal));
        }
        catch (Exception e)
        {
            response?.Dispose();
            attempt.Leave();
            cancellationToken.ThrowIfCancellationRequested();
            if (e is LeaseWatchException)
                throw;
            throw new LeaseWatchException(Explain(e, end.IsOver, timeout, attempt.AwaitsCredentials));
        }
    }

    public async ValueTask DisposeAsync()
    {
        lock (_lock)
        {
            if (_disposed)
                return;
            _disposed = true;
            _channel?.Dispose();
            _channel = null;
            Interlocked.Exchange(ref _idleTimeout, null)?.Dispose();
        }
        await _credentials.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>For the next request, unless there will be none, or there is one already.</summary>
    private bool TryKeep(TimeoutSource idle)
    {
        lock (_lock)
        {
            if (_disposed || _idleTimeout is not null)
                return false;
            _idleTimeout = idle; // Taken without the lock, but never put there without it.
            return true;
        }
    }

    /// <summary>Sends the request, and after a 401 once more, if there are other credentials by now (a rotated token).</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<HttpResponseMessage> SendAsync(
        ApiRequest request, ApiAttempt attempt, ClusterCredential credential, CancellationToken cancellationToken)
    {
        HttpResponseMessage response = await SendOnceAsync(request, attempt, credential, cancellationToken).ConfigureAwait(false);
        if (response.StatusCode != HttpStatusCode.Unauthorized)
            return response;

        attempt.Refuse();
        attempt.AwaitsCredentials = true;
        ClusterCredential renewed;
        try
        {
            renewed = await _credentials.RenewAsync(credential, cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            response.Dispose();
            throw;
        }
        attempt.AwaitsCredentials = false;
        if (renewed.IsSameAs(credential))
            return response;
        response.Dispose();
        KubernetesStoreLog.CredentialsRenewed(_logger, _server);
        return await SendOnceAsync(request, attempt, renewed, cancellationToken).ConfigureAwait(false);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<HttpResponseMessage> SendOnceAsync(
        ApiRequest request, ApiAttempt attempt, ClusterCredential credential, CancellationToken cancellationToken)
    {
        attempt.Leave(); // After a 401.
        attempt.Channel = attempt.IsWatch
            ? await _channels.CreateForWatchAsync(credential, cancellationToken).ConfigureAwait(false)
            : await RequestChannelAsync(credential, cancellationToken).ConfigureAwait(false);
        attempt.Content = request.Body is { } body ? new TrackedContent(body, request.MediaType) : null;
        using HttpRequestMessage message = _channels.CreateMessage(request.Method, request.Address(attempt.Left), credential);
        message.Content = attempt.Content;
        HttpResponseMessage answer = await attempt.Channel.SendAsync(message, cancellationToken).ConfigureAwait(false);
        attempt.Channel.Answered();
        if (answer.StatusCode != HttpStatusCode.Unauthorized)
            _given?.Accepted();
        return answer;
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<ApiOutcome.Answer> AnswerAsync(
        HttpResponseMessage response, ApiAttempt attempt, int max, CancellationToken cancellationToken)
    {
        ArraySegment<byte> body = default;
        try
        {
            body = await BoundedBody.ReadAsync(response.Content, max, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (!response.IsSuccessStatusCode && e is IOException or HttpRequestException or InvalidDataException)
        {
            // A refusal stays one, also without its reason.
        }
        return ApiOutcome.Answer.OfRented(
            response.StatusCode,
            body,
            response.IsSuccessStatusCode ? null : TransportErrors.RetryAfter(response.Headers, _timeProvider.GetUtcNow()),
            attempt.IsBodyBeingRead);
    }

    /// <summary>
    /// Made outside of the lock, because code of the app may have a part in it, and by one request for all that wait: each until its own
    /// time is over.
    /// </summary>
    /// <returns>A channel that counts this request as begun.</returns>
    private async ValueTask<ApiServerChannel> RequestChannelAsync(ClusterCredential credential, CancellationToken cancellationToken)
    {
        if (TryBegin(credential) is { } channel)
            return channel;
        await _making.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return TryBegin(credential)
                ?? Begin(await _channels.CreateForRequestsAsync(credential, Gate is not null, cancellationToken).ConfigureAwait(false));
        }
        finally
        {
            _making.Release();
        }
    }

    private ApiServerChannel? TryBegin(ClusterCredential credential)
    {
        X509Certificate2Collection? authorities = _channels.Authorities();
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            return _channel is { } channel && _channels.IsCurrent(channel, authorities, credential) ? channel.Begin() : null;
        }
    }

    private ApiServerChannel Begin(ApiServerChannel made)
    {
        lock (_lock)
        {
            if (!_disposed)
            {
                _channel?.Retire();
                _channel = made;
                return made.Begin();
            }
        }
        made.Dispose();
        throw new ObjectDisposedException(GetType().FullName);
    }

    /// <summary>
    /// Only the connection that failed: a newer one belongs to newer requests. And no new one over which others are answered: a server that
    /// is overrun, or hundreds of leases that connect at once after an outage, would be asked for all these handshakes again and again.
    /// </summary>
    private void Replace(ApiAttempt attempt, TimeSpan young)
    {
        if (attempt.Channel is not { } failed || failed.Works(attempt.Started, young))
            return;
        lock (_lock)
        {
            if (!ReferenceEquals(_channel, failed))
                return;
            _channel = null;
        }
        failed.Retire();
        KubernetesStoreLog.ConnectionReplaced(_logger, _server);
    }

    private LeaseStoreError Explain(Exception exception, bool timedOut, TimeSpan timeout, bool awaitedCredentials = false)
    {
        if (timedOut && !TransportErrors.SaysMoreThanTime(exception))
        {
            return awaitedCredentials
                ? TransportErrors.NoCredentials(_credentials.DescribeWait(timeout), exception)
                : TransportErrors.Timeout(_server, timeout, exception);
        }
        LeaseStoreError error = TransportErrors.From(exception, _server);
        if (error.Kind == LeaseStoreErrorKind.Tls)
            _channels.RereadAuthorities();
        return error;
    }

    /// <summary>Refused because of its load, or given up at the time that it was told: more at a time would make it worse.</summary>
    private static bool IsAskedTooMuch(HttpStatusCode status) =>
        status is HttpStatusCode.TooManyRequests or >= HttpStatusCode.InternalServerError;

    /// <exception cref="ClusterCredentialException">It is still to be fetched.</exception>
    private static ClusterCredential AtHand(ValueTask<ClusterCredential> credential) => credential.IsCompleted && !credential.IsCanceled
        ? credential.GetAwaiter().GetResult()
        : throw new ClusterCredentialException(
            "The credentials have run out, and what gives new ones needs the thread pool, which has no thread.");
}
