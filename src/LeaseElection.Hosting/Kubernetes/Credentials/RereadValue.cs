using System.Security.Cryptography;
using LeaseElection.Hosting.Diagnostics;
using Microsoft.Extensions.Logging;

namespace LeaseElection.Hosting.Kubernetes.Credentials;

/// <summary>
/// A value made from files that somebody else replaces while we run: the token, which the kubelet rotates, the authorities, a client
/// certificate. Looked at again every minute, by the monotonic clock: a wall clock that is set back would keep an expired token. While
/// the files cannot be read or make no sense the last good value stays, because it may well be valid for longer than the disturbance.
/// </summary>
internal sealed class RereadValue<T>(
    Func<IReadOnlyList<string>, T> parse, TimeProvider timeProvider, ILogger logger, params TextSource[] sources)
    where T : class
{
    public static readonly TimeSpan Period = TimeSpan.FromMinutes(1);

    /// <summary>Many are refused at once when a token runs out, and all of them want what the first is about to read.</summary>
    private static readonly TimeSpan ShortPatience = TimeSpan.FromSeconds(0.5);

    private readonly Lock _lock = new();
    private string[] _texts = [];
    private T? _value;
    private long _readAt;

    /// <summary>Returns the same instance for as long as the files say the same.</summary>
    /// <param name="now">Reads even if the minute is not over.</param>
    /// <exception cref="ClusterCredentialException">There has never been a good value.</exception>
    public T Get(bool now = false)
    {
        // Read under the lock and synchronously: a few hundred bytes once a minute, and nobody may see an older value after a newer one.
        // Who comes meanwhile goes on with what there is: where the disk hangs, that costs one request and not those of all elections.
        if (Volatile.Read(ref _value) is not { } known)
            _lock.Enter();
        else if (!_lock.TryEnter(now ? ShortPatience : TimeSpan.Zero))
            return known;
        try
        {
            if (_value is null || IsDue(now))
                Read();
            return _value!;
        }
        finally
        {
            _lock.Exit();
        }
    }

    private void Read()
    {
        try
        {
            string[] texts = [.. sources.Select(source => source.Read())];
            if (_value is null || !texts.AsSpan().SequenceEqual(_texts))
            {
                T value = parse(texts);
                if (_value is not null)
                    KubernetesStoreLog.CredentialFileChanged(logger, sources[0].Name);
                Volatile.Write(ref _value, value);
                _texts = texts;
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or FormatException or CryptographicException)
        {
            if (_value is null)
                throw new ClusterCredentialException($"{sources[0].Name} cannot be used: {e.Message}", e);
            KubernetesStoreLog.CredentialFileUnusable(logger, sources[0].Name, e.Message);
        }
        _readAt = timeProvider.GetTimestamp();
    }

    private bool IsDue(bool now) =>
        Array.Exists(sources, source => source.Path is not null) && (now || timeProvider.GetElapsedTime(_readAt) >= Period);
}
