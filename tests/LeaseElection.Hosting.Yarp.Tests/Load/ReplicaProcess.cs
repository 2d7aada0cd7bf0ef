using LeaseElection.Testing.ApiServer;
using LeaseElection.Testing.Journal;

namespace LeaseElection.Hosting.Yarp.Tests.Load;

/// <summary>A <see cref="Replica"/> as its parent sees it.</summary>
internal sealed class ReplicaProcess(string identity, WorkJournal journal, string log, GuardedProcess process)
    : JournaledProcess(identity, journal, log, process)
{
    private readonly HttpClient _client = new();

    public async Task<Uri> ReadyAsync() => _client.BaseAddress = new Uri((await SaysAsync("ready"))[0]);

    public Task<HttpResponseMessage> PostAsync(string path, string text) => _client.PostAsync(path, new StringContent(text));

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        _client.Dispose();
    }
}
