using System.Globalization;
using LeaseElection.Testing.Journal;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace LeaseElection.Hosting.ClusterTests.Members;

/// <summary>
/// A replica as a process of its own that shows itself, configured by its command line. It writes whom it sees whenever that changes: a
/// timestamp of the machine, and the identities.
/// </summary>
internal static class Member
{
    public const string Command = "member";

    public static async Task RunAsync(string[] args)
    {
        HostApplicationBuilder builder = Host.CreateApplicationBuilder(args);
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        builder.Services.AddLeaderElection().AddMembers();
        using IHost host = builder.Build();
        await host.StartAsync();
        Task stopped = host.WaitForShutdownAsync();
        await foreach (IReadOnlyList<ElectionMember> members in host.Services.GetRequiredService<IElectionMembers>().WatchAsync())
        {
            await Console.Out.WriteLineAsync(string.Create(
                CultureInfo.InvariantCulture, $"sees {WorkJournal.Now} {string.Join(' ', members.Select(member => member.Identity))}"));
        }

        await stopped;
    }
}
