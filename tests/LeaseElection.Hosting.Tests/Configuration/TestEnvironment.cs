using LeaseElection.Hosting.Configuration;

namespace LeaseElection.Hosting.Tests;

/// <summary>A machine of which only what a test says is true.</summary>
internal static class TestEnvironment
{
    public static ProcessEnvironment With(params (string Name, string Value)[] variables) => new()
    {
        Variable = name => variables.FirstOrDefault(variable => variable.Name == name).Value,
        HostName = "laptop",
        HomeDirectory = "/nowhere/home",
        LocalApplicationData = "/nowhere/share",
        ServiceAccountDirectory = "/nowhere/serviceaccount",
    };
}
