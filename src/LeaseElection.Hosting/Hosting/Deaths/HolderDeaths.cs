using LeaseElection.Hosting.Election.Deaths;
using LeaseElection.Hosting.Leases;

namespace LeaseElection.Hosting.Deaths;

/// <summary>How deaths are proven: what this process says of itself when it leads, and where the others are looked at.</summary>
internal sealed record HolderDeaths(HolderProcess Own, IPodSource Pods);
