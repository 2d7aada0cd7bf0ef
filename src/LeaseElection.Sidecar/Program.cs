using System.Net.Sockets;
using LeaseElection.Hosting.Configuration;
using LeaseElection.Hosting.Diagnostics;
using LeaseElection.Sidecar.Exec;
using LeaseElection.Sidecar.Flags;
using LeaseElection.Sidecar.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace LeaseElection.Sidecar;

/// <summary>The program <c>leader-elector</c>.</summary>
internal static class Program
{
    private static int Main(string[] arguments)
    {
        if (CommandLauncher.IsAsked(arguments))
            return CommandLauncher.Run(arguments);
        try
        {
            SidecarOptions options = FlagParser.Parse(arguments, Environment.GetEnvironmentVariable);
            if (!options.Help && !options.Version)
                return RunAsync(options).GetAwaiter().GetResult();
            Console.WriteLine(options.Help ? HelpText.Text : $"leader-elector {LibraryVersion.Current}");
            return ExitCodes.Stopped;
        }
        catch (SidecarException exception)
        {
            Console.Error.WriteLine($"leader-elector: {exception.Message}");
            return exception.ExitCode;
        }
    }

    private static async Task<int> RunAsync(SidecarOptions options)
    {
        if (options.Command.Count > 0)
        {
            CommandFile.Check(options.Command[0], Environment.GetEnvironmentVariable("PATH"));
            NativeProcess.AdoptOrphans();
        }

        Cluster.Check(options, ProcessEnvironment.Current);
        using IHost host = SidecarHost.Build(options);
        try
        {
            await host.StartAsync().ConfigureAwait(false);
        }
        catch (OptionsValidationException exception)
        {
            throw Cluster.Wrong(string.Join(' ', exception.Failures));
        }
        catch (OperationCanceledException)
        {
            return ExitCodes.Stopped; // Told to stop before it had begun.
        }
        catch (Exception exception) when (exception is IOException or SocketException)
        {
            throw new SidecarException(
                ExitCodes.CannotListen,
                $"--http {options.Http} cannot be listened on: {Reason(exception)}. Choose another port, or stop who uses it.");
        }

        if (options.Http is not null)
            host.Services.GetRequiredService<ILogger<ListenAddress>>().Listening(SidecarHost.AddressesOf(host));
        await host.WaitForShutdownAsync().ConfigureAwait(false);
        return host.Services.GetRequiredService<CommandExit>().Code ?? Environment.ExitCode;
    }

    private static string Reason(Exception exception)
    {
        while (exception.InnerException is { } inner)
            exception = inner;
        return exception.Message.ToLowerInvariant().TrimEnd('.');
    }
}
