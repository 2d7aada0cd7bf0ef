using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Patterns;

namespace LeaseElection.Hosting.AspNetCore.StepDown;

/// <summary>
/// Who may ask a leader to step down: said by the app, in so many words, where step-down is mapped. Not left to what is said elsewhere:
/// that would be seen when the first request arrives, and would change when somebody moves the mapping into another group.
/// </summary>
internal sealed class StepDownAuthorization
{
    private readonly RecordedConventions _conventions;
    private readonly bool _isOpen;

    private StepDownAuthorization(RecordedConventions conventions, bool isOpen)
    {
        _conventions = conventions;
        _isOpen = isOpen;
    }

    /// <exception cref="InvalidOperationException">It says neither who may nor that everybody may.</exception>
    public static StepDownAuthorization Of(Action<IEndpointConventionBuilder> authorize)
    {
        var conventions = new RecordedConventions();
        authorize(conventions);
        var rehearsal = new RouteEndpointBuilder(_ => Task.CompletedTask, RoutePatternFactory.Parse("/"), order: 0);
        foreach (Action<EndpointBuilder> convention in conventions.Added.Concat(Enumerable.Reverse(conventions.Final)))
            convention(rehearsal);
        bool isOpen = rehearsal.Metadata.OfType<IAllowAnonymous>().Any();
        bool isGuarded = rehearsal.Metadata.Any(data => data is IAuthorizeData or AuthorizationPolicy or IAuthorizationRequirementData);
        return isOpen || isGuarded ? new StepDownAuthorization(conventions, isOpen) : throw new InvalidOperationException(
            "MapStepDown would let anybody who reaches this port take leadership away, so it must say who may: "
            + "options.MapStepDown(endpoint => endpoint.RequireAuthorization(\"operators\")), with a policy of that name in "
            + "AddAuthorization; or endpoint.AllowAnonymous(), where the network keeps others out.");
    }

    public void Apply(IEndpointConventionBuilder endpoint)
    {
        foreach (Action<EndpointBuilder> convention in _conventions.Added)
            endpoint.Add(convention);

        // AllowAnonymous() on the whole is meant for what is read, and beats every policy.
        if (!_isOpen)
            endpoint.Finally(Close);
        foreach (Action<EndpointBuilder> convention in _conventions.Final)
            endpoint.Finally(convention);
    }

    private static void Close(EndpointBuilder endpoint)
    {
        foreach (object open in endpoint.Metadata.Where(data => data is IAllowAnonymous).ToArray())
            endpoint.Metadata.Remove(open);
    }
}
