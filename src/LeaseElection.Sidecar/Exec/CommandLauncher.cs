using System.Globalization;
using System.Runtime.InteropServices;

namespace LeaseElection.Sidecar.Exec;

/// <summary>
/// This program once more, for a moment: it ties its life to that of the sidecar and becomes the command. In the sidecar itself that
/// cannot be done: between fork and exec no managed code may run.
/// </summary>
internal static class CommandLauncher
{
    /// <summary>Not for people, so not in <c>--help</c>.</summary>
    private const string Argument = "--become-command-of";

    private const int NoSuchFile = 2;

    /// <summary>The program and the arguments that make it the command.</summary>
    public static (string Program, IReadOnlyList<string> Arguments) For(IReadOnlyList<string> command)
    {
        string program = Environment.ProcessPath!;
        IEnumerable<string> own = Path.GetFileNameWithoutExtension(program) == "dotnet" ? [Environment.GetCommandLineArgs()[0]] : [];
        return (program, [.. own, Argument, Environment.ProcessId.ToString(CultureInfo.InvariantCulture), .. command]);
    }

    public static bool IsAsked(string[] arguments) => arguments is [Argument, _, _, ..];

    /// <summary>Whether a process is still this, and not yet the command.</summary>
    public static bool IsStill(int process)
    {
        try
        {
            string[] line = File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{process}/cmdline")).Split('\0');
            return line.Take(3).Contains(Argument);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <summary>Becomes the command, or returns an exit code.</summary>
    public static int Run(string[] arguments)
    {
        int parent = int.Parse(arguments[1], NumberStyles.None, CultureInfo.InvariantCulture);

        // In this order: a parent that ended before the first line sends no signal, and is not our parent any more.
        if (!NativeProcess.DieWithParent() || NativeProcess.ParentId() != parent)
            return ExitCodes.Failed;
        _ = NativeProcess.BeginSession();
        NativeProcess.RestoreSignals();
        _ = NativeProcess.BecomeProgram(arguments[2], [.. arguments[2..], null]);
        int error = Marshal.GetLastPInvokeError();
        string hint = error == NoSuchFile ? " (a script: is the program of its first line there?)" : "";
        Console.Error.WriteLine($"leader-elector: {arguments[2]} cannot be run: {Marshal.GetPInvokeErrorMessage(error)}{hint}.");
        return error == NoSuchFile ? ExitCodes.NotFound : ExitCodes.NotExecutable;
    }
}
