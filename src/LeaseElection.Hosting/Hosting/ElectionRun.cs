using LeaseElection.Hosting.Configuration;
using LeaseElection.Hosting.Election;
using LeaseElection.Hosting.Time;

namespace LeaseElection.Hosting;

/// <summary>What is fixed for an election once its host has started.</summary>
internal sealed record ElectionRun(ElectionIdentityCard Card, ElectorSettings Settings, ElectionClock Clock);
