using Microsoft.Extensions.Options;

namespace LeaseElection.Hosting;

/// <summary>
/// What the host grants all services together to stop: <c>HostOptions.ShutdownTimeout</c>. It is read by name, because <c>HostOptions</c>
/// is the one thing needed of the host's own package: the rest is in its abstractions, and a library with an <see cref="ILeaderWork"/> in
/// it should not bring a whole host along.
/// </summary>
internal sealed class HostShutdownTimeout(IServiceProvider services)
{
    /// <summary>That of a host which says nothing else, and of one that is not Microsoft's and has no such options.</summary>
    public static readonly TimeSpan Default = TimeSpan.FromSeconds(30);

    // Constants: whole names are what the trimmer and the ahead-of-time compiler understand; they keep what is named so.
    private const string HostOptions = "Microsoft.Extensions.Hosting.HostOptions, Microsoft.Extensions.Hosting";
    private const string HostOptionsService = $"Microsoft.Extensions.Options.IOptions`1[[{HostOptions}]], Microsoft.Extensions.Options";

    /// <summary>Infinite is -1 ms.</summary>
    public TimeSpan Value =>
        Type.GetType(HostOptionsService) is { } service
        && services.GetService(service) is IOptions<object> options
        && Type.GetType(HostOptions)?.GetProperty("ShutdownTimeout")?.GetValue(options.Value) is TimeSpan timeout
            ? timeout
            : Default;
}
