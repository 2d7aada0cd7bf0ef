using Microsoft.Extensions.Options;

namespace LeaseElection.Hosting;

/// <summary>
/// What <c>HostOptions</c> say of the host. They are read by name, because they are the one thing needed of the host's own package: the
/// rest is in its abstractions, and a library with an <see cref="ILeaderWork"/> in it should not bring a whole host along.
/// </summary>
internal sealed class HostSettings(IServiceProvider services)
{
    /// <summary>That of a host which says nothing else, and of one that is not Microsoft's and has no such options.</summary>
    public static readonly TimeSpan DefaultShutdownTimeout = TimeSpan.FromSeconds(30);

    // Constants: whole names are what the trimmer and the ahead-of-time compiler understand; they keep what is named so.
    private const string HostOptions = "Microsoft.Extensions.Hosting.HostOptions, Microsoft.Extensions.Hosting";
    private const string HostOptionsService = $"Microsoft.Extensions.Options.IOptions`1[[{HostOptions}]], Microsoft.Extensions.Options";

    /// <summary>What the host grants all services together to stop. Infinite is -1 ms.</summary>
    public TimeSpan ShutdownTimeout =>
        Options is { } options && Type.GetType(HostOptions)?.GetProperty("ShutdownTimeout")?.GetValue(options) is TimeSpan timeout
            ? timeout
            : DefaultShutdownTimeout;

    /// <summary>Whether the host starts its services all at once; otherwise each when the one before it has started.</summary>
    public bool StartsConcurrently =>
        Options is { } options && Type.GetType(HostOptions)?.GetProperty("ServicesStartConcurrently")?.GetValue(options) is true;

    private object? Options =>
        Type.GetType(HostOptionsService) is { } service && services.GetService(service) is IOptions<object> options ? options.Value : null;
}
