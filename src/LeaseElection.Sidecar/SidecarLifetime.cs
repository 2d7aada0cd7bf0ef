using System.Runtime.InteropServices;
using LeaseElection.Sidecar.Exec;
using LeaseElection.Sidecar.Flags;
using Microsoft.Extensions.Hosting;

namespace LeaseElection.Sidecar;

/// <summary>
/// Which signals end the sidecar: SIGTERM and SIGINT; without a command also those that are otherwise the command's. It then drains, and
/// releases.
/// </summary>
internal sealed class SidecarLifetime(SidecarOptions options, CommandSignals signals, IHostApplicationLifetime lifetime)
    : IHostLifetime, IDisposable
{
    private readonly List<PosixSignalRegistration> _registrations = [];

    public Task WaitForStartAsync(CancellationToken cancellationToken)
    {
        List<PosixSignal> ends = [PosixSignal.SIGTERM, PosixSignal.SIGINT];
        if (options.Command.Count > 0)
            signals.Listen();
        else
            ends.AddRange([PosixSignal.SIGHUP, PosixSignal.SIGQUIT]);
        _registrations.AddRange(ends.Select(signal => PosixSignalRegistration.Create(signal, Stop)));
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose()
    {
        foreach (PosixSignalRegistration registration in _registrations)
            registration.Dispose();
    }

    private void Stop(PosixSignalContext context)
    {
        context.Cancel = true;
        lifetime.StopApplication();
    }
}
