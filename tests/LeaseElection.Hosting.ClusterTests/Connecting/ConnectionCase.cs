using System.Net;

namespace LeaseElection.Hosting.ClusterTests.Connecting;

/// <summary>One row of the table: a form of kubeconfig, environment or network, and what comes of it.</summary>
/// <param name="Form">What is special about it; the row's name, so different from all others.</param>
/// <param name="Expected">
/// What the API server sees of the user, as <see cref="Presented"/> has it, or <see cref="Refused"/>. For kubectl too: it is the yardstick.
/// </param>
/// <param name="Arrange">Makes it so.</param>
internal sealed record ConnectionCase(string Form, string Expected, Action<ConnectionScene> Arrange)
{
    public const string Refused = "refused";

    /// <summary>Part of the message we refuse with: each must name what is wrong, and the way out.</summary>
    public string? Says { get; init; }

    /// <summary>A path of the server before <c>/apis</c>, as gateways have.</summary>
    public string PathBase { get; init; } = "";

    /// <summary>Where the server listens.</summary>
    public IPAddress Listens { get; init; } = IPAddress.Loopback;

    /// <summary>The first minor version of kubectl 1.x that has heard of it; an older one is not asked.</summary>
    public int KubectlSince { get; init; }

    /// <summary>Programs with which something else comes of it.</summary>
    public IReadOnlyList<Difference> Differences
    {
        get => KubernetesClientDifferences.Of(Form) is { } difference ? [.. field, difference] : field;
        init;
    } = [];

    public string ExpectedOf(string program) =>
        Differences.FirstOrDefault(difference => difference.Program == program)?.Expected ?? Expected;

    public override string ToString() => Form;
}
