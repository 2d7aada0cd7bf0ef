using System.Text;

namespace LeaseElection.Hosting.Kubernetes.Credentials;

/// <summary>
/// What a plugin says on its standard error. It is read for as long as anybody has it open: a child that the plugin has left behind on
/// purpose would be killed by the first word that it says into a pipe without a reader.
/// </summary>
internal sealed class ExecPluginErrors
{
    private const int MostKept = 4096;

    private readonly Lock _lock = new();
    private readonly StringBuilder _said = new();
    private readonly Task _reading;

    /// <param name="errors">The pipe, which is closed here.</param>
    /// <param name="cancellationToken">Nobody needs the plugin any more.</param>
    public ExecPluginErrors(StreamReader errors, CancellationToken cancellationToken) => _reading = ReadAsync(errors, cancellationToken);

    /// <returns>All of it, or what there is when <paramref name="patience"/> has run out.</returns>
    public async Task<string> TakeAsync(TimeSpan patience, TimeProvider timeProvider)
    {
        try
        {
            await _reading.WaitAsync(patience, timeProvider).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            // Somebody else has it open.
        }
        lock (_lock)
            return _said.ToString();
    }

    /// <summary>Never throws, because nobody may be waiting for it.</summary>
    private async Task ReadAsync(StreamReader errors, CancellationToken cancellationToken)
    {
        using StreamReader _ = errors;
        char[] buffer = new char[1024];
        try
        {
            while (await errors.ReadAsync(buffer, cancellationToken).ConfigureAwait(false) is > 0 and int length)
            {
                lock (_lock)
                    _said.Append(buffer, 0, Math.Min(length, MostKept - _said.Length));
            }
        }
        catch (Exception e) when (e is OperationCanceledException or IOException)
        {
            // What it has said until then is enough.
        }
    }
}
