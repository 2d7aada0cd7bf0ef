using System.Runtime.InteropServices;

namespace LeaseElection.Sidecar.Exec;

/// <summary>
/// Passes signals on to the command while there is one; a standby swallows them. Reaps orphans, too, also on a standby: the first process
/// of a container inherits some without a command. Ctrl-Z is swallowed: it would stop the sidecar and not the command, whose lease would
/// run out unnoticed.
/// </summary>
internal sealed class CommandSignals
{
    private const int User1 = 10;
    private const int User2 = 12;
    private const int WindowChanged = 28;
    private const int Hangup = 1;
    private const int Quit = 3;
    private const int Child = 17;
    private const int TerminalStop = 20;

    /// <summary>
    /// For as long as the process lives: a signal that the runtime hands on late, when the host has ended, would else end it by its
    /// default, with another exit code.
    /// </summary>
    private static readonly List<PosixSignalRegistration> Registrations = [];

    private volatile CommandRun? _run;

    /// <summary>Begins to listen.</summary>
    public void Listen()
    {
        foreach (int signal in (int[])[Hangup, Quit, User1, User2, WindowChanged])
            On(signal, () => _run?.Forward(signal));
        On(TerminalStop, () => { });
        On(Child, () => Orphans.Reap(() => _run?.Main));
    }

    /// <summary>From now on to this one, until what is returned is disposed.</summary>
    public IDisposable ForwardTo(CommandRun run)
    {
        _run = run;
        return new Forwarding(this);
    }

    /// <summary>By its number in Linux, which .NET takes as well as its own names.</summary>
    private static void On(int signal, Action act)
    {
        PosixSignalRegistration registration = PosixSignalRegistration.Create((PosixSignal)signal, context =>
        {
            context.Cancel = true;
            act();
        });
        lock (Registrations)
            Registrations.Add(registration);
    }

    private sealed class Forwarding(CommandSignals signals) : IDisposable
    {
        public void Dispose() => signals._run = null;
    }
}
