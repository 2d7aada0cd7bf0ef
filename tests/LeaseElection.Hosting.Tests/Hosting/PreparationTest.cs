using LeaseElection.Testing.Election;
using Microsoft.Extensions.DependencyInjection;

namespace LeaseElection.Hosting.Tests;

/// <summary>Work that prepares itself while its process stands by. Another holds the lease at first.</summary>
public abstract class PreparationTest : HostTest
{
    private protected PreparationTest()
    {
        Hosted = NewHost();
        Hosted.Services.AddSingleton(Story);
        Server.Edit(_ => SomeRecord.HeldBy("other"));
    }

    private protected ElectionHost Hosted { get; }

    private protected PreparingWork.Story Story { get; } = new();

    private protected TaskCompletionSource Ready { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private protected async Task StandByAsync()
    {
        Hosted.AddElection().AddWork<PreparingWork>();
        await Hosted.StartAsync();
        await Hosted.Logs.WaitForAsync("HolderChanged");
    }
}
