using System.Text.Json.Serialization;
using LeaseElection.Hosting;

namespace WebApi;

/// <summary>What <c>/leader</c> answers: who leads, as this replica knows it. The names are those of the health check's data.</summary>
internal sealed record Leader(
    string Identity, bool IsLeader, LeaderElectionState State, string? HolderIdentity, int Transitions, DateTimeOffset? AcquiredAt)
{
    public static Leader Of(ILeaderElection election)
    {
        LeaderElectionStatus status = election.Status;
        return new(
            election.Identity, election.IsLeader, status.State, status.HolderIdentity, status.Transitions, status.AcquiredAt);
    }
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true)]
[JsonSerializable(typeof(Leader))]
internal sealed partial class LeaderJson : JsonSerializerContext;
