using Microsoft.AspNetCore.Builder;

namespace LeaseElection.Hosting.AspNetCore.StepDown;

/// <summary>Takes down what is to be done to an endpoint, to be looked at before it is done.</summary>
internal sealed class RecordedConventions : IEndpointConventionBuilder
{
    public List<Action<EndpointBuilder>> Added { get; } = [];

    public List<Action<EndpointBuilder>> Final { get; } = [];

    public void Add(Action<EndpointBuilder> convention) => Added.Add(convention);

    public void Finally(Action<EndpointBuilder> finallyConvention) => Final.Add(finallyConvention);
}
