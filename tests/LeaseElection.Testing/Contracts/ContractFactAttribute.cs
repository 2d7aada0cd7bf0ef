using Xunit;
using Xunit.Sdk;

namespace LeaseElection.Testing.Contracts;

/// <summary>
/// A fact of a contract that several classes keep. One of them needs the real API server, so whether to skip depends on the class
/// and not, as xunit 2 has it, on the method.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
[XunitTestCaseDiscoverer("LeaseElection.Testing.Contracts.ContractFactDiscoverer", "LeaseElection.Testing")]
public sealed class ContractFactAttribute : FactAttribute;
