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
        using IHost host = Build(options);
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
            throw ListenFailure.Of(options.Http!, exception);
        }

        if (options.Http is { } address)
            TellOf(address, host);
        await host.WaitForShutdownAsync().ConfigureAwait(false);
        CommandExit exit = host.Services.GetRequiredService<CommandExit>();
        return exit.Code ?? (exit.IsPending ? ExitCodes.Failed : Environment.ExitCode);
    }

    private static IHost Build(SidecarOptions options)
    {
        try
        {
            return SidecarHost.Build(options);
        }
        catch (SocketException exception)
        {
            throw ListenFailure.Of(options.Http!, exception);
        }
    }

    private static void TellOf(ListenAddress address, IHost host)
    {
        ILogger logger = host.Services.GetRequiredService<ILogger<ListenAddress>>();
        logger.Listening(SidecarHost.AddressesOf(host));
        ListenPlan plan = host.Services.GetRequiredService<ListenPlan>();
        if (plan.Missing.Count > 0)
            logger.AddressMissing(address, string.Join(" and ", plan.Missing), plan.EndPoints[0].ToString());
    }
}
