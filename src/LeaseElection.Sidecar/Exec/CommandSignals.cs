using System.Runtime.InteropServices;

namespace LeaseElection.Sidecar.Exec;

/// <summary>
/// Passes signals on to the command while there is one; a standby swallows them. Reaps what a command leaves behind, too. Ctrl-Z is
/// swallowed: it would stop the sidecar and not the command, whose lease would run out unnoticed.
/// </summary>
internal sealed class CommandSignals : IDisposable
{
    private const int User1 = 10;
    private const int User2 = 12;
    private const int WindowChanged = 28;
    private const int Hangup = 1;
    private const int Quit = 3;
    private const int Child = 17;
    private const int TerminalStop = 20;

    private readonly List<PosixSignalRegistration> _registrations = [];
    private volatile CommandRun? _run;

    /// <summary>Begins to listen.</summary>
    public void Listen()
    {
        foreach (int signal in (int[])[Hangup, Quit, User1, User2, WindowChanged])
            On(signal, run => run.Forward(signal));
        On(TerminalStop, _ => { });
        On(Child, run => run.Reap());
    }

    /// <summary>From now on to this one, until what is returned is disposed.</summary>
    public IDisposable ForwardTo(CommandRun run)
    {
        _run = run;
        return new Forwarding(this);
    }

    public void Dispose()
    {
        foreach (PosixSignalRegistration registration in _registrations)
            registration.Dispose();
    }

    /// <summary>By its number in Linux, which .NET takes as well as its own names.</summary>
    private void On(int signal, Action<CommandRun> act) => _registrations.Add(PosixSignalRegistration.Create((PosixSignal)signal, context =>
    {
        context.Cancel = true;
        if (_run is { } run)
            act(run);
    }));

    private sealed class Forwarding(CommandSignals signals) : IDisposable
    {
        public void Dispose() => signals._run = null;
    }
}
