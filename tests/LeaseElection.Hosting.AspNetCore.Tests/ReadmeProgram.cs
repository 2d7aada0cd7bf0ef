using Microsoft.AspNetCore.Builder;

namespace LeaseElection.Hosting.AspNetCore.Tests;

/// <summary>The code of the README, line for line.</summary>
internal static class ReadmeProgram
{
    public static void Map(WebApplication app)
    {
        app.MapLeaderElection("/leader-election", options =>
            options.MapStepDown(endpoint => endpoint.RequireAuthorization("operators")));

        app.MapPost("/settle", () => "settled").RequireLeadership();
    }
}
